import type { NodeView } from '../../checks/property.ts'
import type { DhtState } from './state.ts'

/** The state of a node that is up, as properties look at it. */
export function dhtState(node: NodeView): DhtState | undefined {
  return node.role === 'server' ? (node.state as DhtState | undefined) : undefined
}
