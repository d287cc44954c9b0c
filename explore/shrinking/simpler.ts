import type { Fault } from '../../sim/faults.ts'

/** The same fault with shorter or rounder values, the simplest first. */
export function* simplerFaults(fault: Fault): Generator<Fault> {
  if ('upgrade' in fault && fault.upgrade === true) yield without(fault, 'upgrade')
  if ('disk' in fault && fault.disk !== undefined) yield without(fault, 'disk')
  if (fault.kind === 'crash-in-recovery')
    yield {
      id: fault.id,
      kind: fault.power ? 'power-loss' : 'kill',
      node: fault.node,
      atMs: fault.atMs,
      ...comeback(fault),
    }
  if (fault.kind === 'power-loss') yield { ...fault, kind: 'kill' }
  if (fault.kind === 'partition') yield* fewerMembers(fault)
  if ('forMs' in fault && fault.forMs > 20 && fault.forMs < Infinity) {
    for (const part of [0.1, 0.25, 0.5, 0.75]) yield { ...fault, forMs: Math.ceil(fault.forMs * part) } as Fault
  }
  if ('restartAfterMs' in fault && fault.restartAfterMs !== undefined && !Number.isInteger(fault.restartAfterMs)) {
    yield { ...fault, restartAfterMs: Math.ceil(fault.restartAfterMs) } as Fault
  }
  if (!('message' in fault) && !Number.isInteger(fault.atMs)) yield { ...fault, atMs: Math.floor(fault.atMs) } as Fault
}

function comeback(fault: Extract<Fault, { readonly kind: 'crash-in-recovery' }>): {
  restartAfterMs?: number
  forGood?: boolean
} {
  return {
    ...(fault.restartAfterMs === undefined ? {} : { restartAfterMs: fault.restartAfterMs }),
    ...(fault.forGood === undefined ? {} : { forGood: fault.forGood }),
  }
}

/** A partition that leaves one more node alone. */
function* fewerMembers(fault: Extract<Fault, { readonly kind: 'partition' }>): Generator<Fault> {
  for (const [index, group] of fault.groups.entries()) {
    if (group.length < 2) continue
    for (const member of group) {
      const groups = [...fault.groups]
      groups[index] = group.filter((id) => id !== member)
      yield { ...fault, groups }
    }
  }
}

function without(fault: Fault, field: 'upgrade' | 'disk'): Fault {
  return Object.fromEntries(Object.entries(fault).filter(([name]) => name !== field)) as unknown as Fault
}
