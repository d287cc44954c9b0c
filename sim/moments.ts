import { type Fault, NOTED } from './faults.ts'
import type { Millis, NodeId } from './machine.ts'

/** Faults of a plan that wait for a moment of the run: a note that some node writes. */
export class Moments {
  private readonly waiting = new Map<string, Fault[]>()
  private readonly written = new Map<string, number>()

  constructor(plan: readonly Fault[]) {
    for (const fault of plan) {
      if (fault.when === undefined) continue
      const { note } = fault.when
      this.waiting.set(note, [...(this.waiting.get(note) ?? []), fault])
    }
  }

  /** True where no fault waits, so that notes need not be counted. */
  get none(): boolean {
    return this.waiting.size === 0
  }

  /** A node wrote a note: the faults that it sets off. */
  noted(node: NodeId, note: string): readonly Fault[] {
    const waiting = this.waiting.get(note)
    if (waiting === undefined) return []
    const occurrence = (this.written.get(note) ?? 0) + 1
    this.written.set(note, occurrence)
    return waiting.filter(({ when }) => when!.occurrence === occurrence && when!.spares?.includes(node) !== true)
  }
}

/** The fault that waited for a moment as one with a time and a node of its own: the same data as any other. */
export function cameAbout(fault: Fault, noted: NodeId, atMs: Millis): Fault {
  const { when: _when, ...rest } = fault
  const named = (id: NodeId): NodeId => (id === NOTED ? noted : id)
  const side = (ids: readonly NodeId[] | undefined): readonly NodeId[] | undefined =>
    ids && [...new Set(ids.map(named))]
  const plain = { ...rest, atMs } as Fault
  if ('node' in plain) return { ...plain, node: named(plain.node) }
  if (plain.kind === 'partition') return { ...plain, groups: groupsWith(plain.groups, noted) }
  if ('from' in plain || 'to' in plain) {
    const { from, to } = plain as { readonly from?: readonly NodeId[]; readonly to?: readonly NodeId[] }
    return {
      ...plain,
      ...(from === undefined ? {} : { from: side(from) }),
      ...(to === undefined ? {} : { to: side(to) }),
    } as Fault
  }
  return plain
}

/** Whoever wrote the note is where the plan wants it, and nowhere else. */
function groupsWith(groups: readonly (readonly NodeId[])[], noted: NodeId): readonly (readonly NodeId[])[] {
  if (!groups.some((group) => group.includes(NOTED))) return groups
  return groups.map((group) => {
    const others = group.filter((id) => id !== noted && id !== NOTED)
    return group.includes(NOTED) ? [noted, ...others] : others
  })
}
