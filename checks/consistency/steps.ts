import { hasAnswer } from '../history.ts'
import type { History, Operation } from '../history.ts'
import type { Call, Model } from '../model.ts'

/**
 * An operation in the order of its process. Chains are what is in order by itself: the answered operations of a
 * process, and each operation without an answer alone, as it may take effect at any later time.
 */
export interface Step extends Call {
  readonly operation: Operation
  /** Its number among all steps. */
  readonly number: number
  readonly chain: number
  /** Its place in the chain, counted from 0. */
  readonly place: number
  /** The step of its process before it, for one without an answer; its chain has none. */
  readonly after: Step | undefined
  /** True where it took effect for certain. */
  readonly isCertain: boolean
  /** The number of the object it touches. */
  readonly object: number
}

export interface Steps {
  /** In the order of their invocation. */
  readonly steps: readonly Step[]
  readonly chains: readonly (readonly Step[])[]
  /** The keys of the objects, by their numbers; undefined where there is one without a name. */
  readonly objects: readonly (string | undefined)[]
}

/** Operations that failed are left out, but for those that tell what they found. */
export function stepsOf<Input, Output>(history: History<Input, Output>, model: Model<any, Input, Output>): Steps {
  const operations = history.filter((operation) => operation.outcome === 'info' || hasAnswer(operation))
  const keys = operations.map(({ input }) => model.key?.(input))
  const isOne = keys.includes(undefined)
  const objects = new Map<string | undefined, number>()
  const ofProcess = new Map<string, Step[]>()
  const chains: Step[][] = []
  const steps: Step[] = []
  const chainOf = (process: string): Step[] => {
    const known = ofProcess.get(process)
    if (known !== undefined) return known
    const chain: Step[] = []
    ofProcess.set(process, chain)
    return chain
  }
  for (const [index, operation] of operations.entries()) {
    const key = isOne ? undefined : keys[index]
    if (!objects.has(key)) objects.set(key, objects.size)
    const own = chainOf(operation.process)
    const isCertain = hasAnswer(operation)
    const chain = isCertain ? own : []
    if (chain.length === 0) chains.push(chain)
    const step: Step = {
      operation,
      input: operation.input,
      output: isCertain ? (operation.output ?? null) : undefined,
      number: steps.length,
      chain: isCertain && chain.length > 0 ? chain[0]!.chain : chains.length - 1,
      place: chain.length,
      after: isCertain ? undefined : own.at(-1),
      isCertain,
      object: objects.get(key)!,
    }
    steps.push(step)
    chain.push(step)
  }
  return { steps, chains, objects: [...objects.keys()] }
}
