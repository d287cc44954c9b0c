import type { NodeView } from '../../checks/property.ts'
import type { RaftState } from './state.ts'

/** The state of a server that is up, as properties look at it. */
export function serverState(node: NodeView): RaftState | undefined {
  return node.role === 'server' ? (node.state as RaftState | undefined) : undefined
}
