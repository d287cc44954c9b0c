import type { NodeId, PlainData } from '../../sim/machine.ts'
import type { Action } from './action.ts'
import type { Note } from './turn.ts'

/** One step of a counterexample, for people. */
export interface Step {
  readonly kind: Action['kind']
  readonly node: NodeId
  /** Who sent the message, where there is one. */
  readonly from?: NodeId
  /** The message, or the timer. */
  readonly what?: PlainData
  /** How many writes that were not durable a power loss left. */
  readonly kept?: number
  readonly notes: readonly Note[]
}

export function stepOf(action: Action, names: readonly NodeId[], notes: readonly Note[]): Step {
  const step = { kind: action.kind, node: names[action.node]!, notes }
  switch (action.kind) {
    case 'deliver':
    case 'duplicate':
    case 'drop': {
      const { from, message } = action.envelope
      return { ...step, from: names[from]!, what: message as unknown as PlainData }
    }
    case 'timeout':
      return { ...step, what: action.timer.timer as PlainData }
    case 'power loss':
      return { ...step, kept: action.kept }
    default:
      return step
  }
}
