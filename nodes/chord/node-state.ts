import type { NodeView } from '../../checks/property.ts'
import type { ChordState } from './state.ts'

/** What the nodes of a ring are called in a scenario. */
export const NODE_ROLE = 'node'

/** The state of a node that is up, as properties look at it. */
export function nodeState(node: NodeView): ChordState | undefined {
  return node.role === NODE_ROLE ? (node.state as ChordState | undefined) : undefined
}
