import type { NodeId } from '../../sim/machine.ts'

/**
 * What may be asked of a cluster itself, one server at a time (dissertation, chapter 4 and section 3.10). Each can be
 * asked again without harm, so that no session is needed.
 */
export type ClusterChange = {
  readonly action: 'add server' | 'remove server' | 'transfer leadership'
  readonly server: NodeId
}

export const CLUSTER_ACTIONS: readonly ClusterChange['action'][] = [
  'add server',
  'remove server',
  'transfer leadership',
]

/** Tells it from a command of the state machine, which must have no such action. */
export function isClusterChange(input: object): input is ClusterChange {
  return 'action' in input && (CLUSTER_ACTIONS as readonly unknown[]).includes(input.action)
}
