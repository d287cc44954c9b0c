import type { Fault, FaultKind } from '../../sim/faults.ts'

/** How a fault of a plan comes about on real processes. */
export type Making =
  /** As the plan has it. */
  | 'real'
  /** By something that is less: `instead` says what. */
  | { readonly instead: string }
  /** Not at all. */
  | 'not made'

const REAL: ReadonlySet<FaultKind> = new Set([
  'loss',
  'duplication',
  'delay',
  'reordering',
  'partition',
  'one-way-partition',
  'clog',
  'slow-link',
  'stream-reset',
  'kill',
  'spawn',
] satisfies readonly FaultKind[])

const REAL_ON_SERVERS: ReadonlySet<FaultKind> = new Set([
  'pause',
  'slow-sync',
  'disk-error',
  'disk-full',
] satisfies readonly FaultKind[])

/** What is made in place of a fault that cannot be made. */
export const INSTEAD: ReadonlyMap<string, string> = new Map<FaultKind, string>([
  ['power-loss', 'a kill that loses what was not synced, none of it torn'],
  ['crash-in-output', 'a kill between two events'],
  ['crash-in-recovery', 'a kill that is repeated as soon as the process is up'],
])

/** What becomes of a fault; what needs the power switch, the platter or the clock is left to simulation. */
export function makingOf(fault: Fault, isServer: (node: string) => boolean): Making {
  const instead = INSTEAD.get(fault.kind)
  if (instead !== undefined) return { instead }
  if (REAL.has(fault.kind)) return 'real'
  return REAL_ON_SERVERS.has(fault.kind) && 'node' in fault && isServer(fault.node) ? 'real' : 'not made'
}
