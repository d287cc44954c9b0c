import { identity } from '../judges/identity.ts'
import type { Model, RegisterView } from '../model.ts'
import { samePlain } from '../plain.ts'
import type { Step, Steps } from './steps.ts'

/** Stands for whoever wrote the value that was there at first. */
export const INITIAL = 'initial'

/** Where a step found its value. */
export type Source = Step | typeof INITIAL

/** Who read from whom, in a history of registers. */
export interface ReadsFrom {
  /** By the number of the step. */
  readonly views: readonly RegisterView[]
  readonly initial: unknown
  /** Steps that took effect for certain: they were answered, or somebody found what only they wrote. */
  readonly certain: readonly Step[]
  /** For each step, by its number, where it found its value, if that is known. */
  readonly sources: readonly (Source | undefined)[]
  /** Steps that found a value which nobody wrote. */
  readonly strays: readonly Step[]
  /** Steps that found a value which several may have written: of these, the source is not known. */
  readonly ambiguous: readonly Step[]
}

/** Of values that were written once, the writer is known; a write without an answer took effect if it was found. */
export function readsFrom<Input, Output>(
  { steps }: Steps,
  register: NonNullable<Model<any, Input, Output>['register']>,
  initial: unknown,
): ReadsFrom {
  const views = steps.map(({ input, output }) => register(input as Input, output as Output | undefined))
  const writers = new Map<unknown, Step[]>()
  const valueKey = (step: Step, value: unknown): unknown => identity([step.object, value])
  for (const step of steps) {
    const { wrote } = views[step.number]!
    if (wrote === undefined) continue
    const others = writers.get(valueKey(step, wrote))
    if (others === undefined) writers.set(valueKey(step, wrote), [step])
    else others.push(step)
  }
  const sources = new Array<Source | undefined>(steps.length)
  const isCertain = steps.map((step) => step.isCertain)
  const strays: Step[] = []
  const ambiguous: Step[] = []
  const pending = steps.filter((step) => step.isCertain)
  for (const step of pending) {
    const { found } = views[step.number]!
    if (found === undefined) continue
    const candidates: Source[] = (writers.get(valueKey(step, found)) ?? []).filter((writer) => writer !== step)
    if (samePlain(found, initial)) candidates.unshift(INITIAL)
    const [source] = candidates
    if (source === undefined) strays.push(step)
    else if (candidates.length > 1) ambiguous.push(step)
    else {
      sources[step.number] = source
      if (source !== INITIAL && !isCertain[source.number]) {
        isCertain[source.number] = true
        pending.push(source)
      }
    }
  }
  return { views, initial, certain: steps.filter(({ number }) => isCertain[number]), sources, strays, ambiguous }
}
