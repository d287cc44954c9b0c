import { hasAnswer } from '../../../checks/history.ts'
import type { History, Operation } from '../../../checks/history.ts'
import type { Model } from '../../../checks/model.ts'

/** The state of every key, as it was at first where it is missing. */
type States = ReadonlyMap<string | undefined, unknown>

function after(states: States, operation: Operation, model: Model): States | undefined {
  const key = model.key?.(operation.input)
  const output: unknown = hasAnswer(operation) ? (operation.output ?? null) : undefined
  const state: unknown = model.step(states.has(key) ? states.get(key) : model.init(), operation.input, output)
  return state === undefined ? undefined : new Map([...states, [key, state]])
}

/** Operations of its process that were answered come before it in the order of the process. */
function mayComeNext(operation: Operation, rest: readonly Operation[]): boolean {
  return rest.every(
    (other) => other.process !== operation.process || other.id >= operation.id || other.outcome === 'info',
  )
}

/** By trying all: whether some order, with that of each process in it, is one that the model accepts. */
export function hasInterleaving(history: History, model: Model): boolean {
  const extend = (rest: readonly Operation[], states: States): boolean =>
    rest.every(({ outcome }) => outcome === 'info') ||
    rest.some((operation) => {
      const next = mayComeNext(operation, rest) ? after(states, operation, model) : undefined
      return (
        next !== undefined &&
        extend(
          rest.filter((other) => other !== operation),
          next,
        )
      )
    })
  return extend(
    history.filter((operation) => operation.outcome === 'info' || hasAnswer(operation)),
    new Map(),
  )
}

/** Whether an order, by ids, is one of all answered operations that keeps to the processes and to the model. */
export function replays(history: History, model: Model, order: readonly number[]): boolean {
  let states: States | undefined = new Map()
  let rest = history.filter(({ outcome }) => outcome !== 'fail')
  for (const id of order) {
    const operation = rest.find((other) => other.id === id)
    if (operation === undefined || !mayComeNext(operation, rest)) return false
    states = after(states, operation, model)
    if (states === undefined) return false
    rest = rest.filter((other) => other !== operation)
  }
  return rest.every(({ outcome }) => outcome === 'info')
}
