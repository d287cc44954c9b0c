import type { ArmedTimer } from './state.ts'
import type { Envelope } from './network.ts'

/** Something that may happen next. `key` is its number: the same action has the same in every state. */
export type Action = { readonly key: number; readonly node: number } & (
  | { readonly kind: 'deliver' | 'duplicate' | 'drop'; readonly envelope: Envelope }
  | { readonly kind: 'timeout'; readonly timer: ArmedTimer }
  | { readonly kind: 'synced' | 'restart' | 'kill' }
  /** `kept`: how many of the writes that were not durable are left. */
  | { readonly kind: 'power loss'; readonly kept: number }
)

/**
 * True where two actions that are both possible lead to the same state in either order, and neither makes the other
 * impossible. Each of these kinds changes one node, takes away what was on its way to that node, and adds what it says,
 * so two of them at different nodes commute. Everything else (loss, duplication, crashes) draws on a common budget, or
 * on the streams of other nodes, and counts as dependent on all.
 */
export function areIndependent(left: Action, right: Action): boolean {
  return left.node !== right.node && isLocal(left) && isLocal(right)
}

function isLocal({ kind }: Action): boolean {
  return kind === 'deliver' || kind === 'timeout' || kind === 'synced' || kind === 'restart'
}
