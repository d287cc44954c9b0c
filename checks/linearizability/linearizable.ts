import { minimalCore } from './core.ts'
import { entriesOf } from './entry.ts'
import type { Entry } from './entry.ts'
import { explain } from './explain.ts'
import type { History } from '../history.ts'
import type { Model } from '../model.ts'
import type { HistoryProperty } from '../property.ts'
import { search } from './search.ts'
import type { SearchResult } from './search.ts'
import type { Verdict, Violation } from '../verdict.ts'

export interface CheckOptions {
  /** What violations call the property; `linearizable` unless given. */
  readonly name?: string
  /** Steps of the model that a verdict may take; making a violation small may take as many again. */
  readonly budgetSteps?: number
  /** True for inputs that the model knows; operations with another are left out. All are judged unless given. */
  readonly concerns?: (input: unknown) => boolean
}

const BUDGET_STEPS = 5_000_000
/** What each key may take at first, or its even share, so that a hard key does not hide the violation of an easy one. */
const FIRST_SLICE_STEPS = 25_000

/**
 * Judges a history against a model: could its operations have come one at a time, each between its invocation and its
 * return? M. Herlihy and J. Wing, "Linearizability: a correctness condition for concurrent objects", 1990. Keys are
 * judged apart, which by the locality theorem (section 3.1 there) is the same as judging them together.
 *
 * @returns `violated` with one violation for each key that fails, the earliest first; `unknown` where the budget ran
 * out and no key failed. Once a key has failed, no other gets more than a first slice of the budget.
 */
export function check<Input, Output>(
  history: History<Input, Output>,
  model: Model<any, Input, Output>,
  options: CheckOptions = {},
): Verdict {
  const { name = 'linearizable', budgetSteps = BUDGET_STEPS, concerns } = options
  const budget = { stepsLeft: budgetSteps }
  const refuted: Refuted<Input, Output>[] = []
  const hard: [key: string | undefined, entries: Entry<Input, Output>[]][] = []
  const groups = byKey(
    entriesOf(concerns === undefined ? history : history.filter(({ input }) => concerns(input))),
    model,
  )
  const sliceSteps = Math.min(FIRST_SLICE_STEPS, Math.floor(budgetSteps / Math.max(1, groups.size)))
  for (const [key, entries] of groups) {
    const slice = { stepsLeft: Math.min(sliceSteps, budget.stepsLeft) }
    budget.stepsLeft -= slice.stepsLeft
    const result = search(entries, model, slice)
    budget.stepsLeft += slice.stepsLeft
    if (result.verdict === 'violated') refuted.push({ key, entries, result })
    if (result.verdict === 'unknown') hard.push([key, entries])
  }
  for (const [key, entries] of hard) {
    if (refuted.length > 0) break
    const result = search(entries, model, budget)
    if (result.verdict === 'violated') refuted.push({ key, entries, result })
    if (result.verdict === 'unknown') {
      return { verdict: 'unknown', steps: budgetSteps - budget.stepsLeft, reason: outOfBudget(name, key, budgetSteps) }
    }
  }
  const steps = budgetSteps - budget.stepsLeft
  if (refuted.length === 0) return { verdict: 'ok', steps }
  const violations = refuted.map((refutation) => violationOf(refutation, model, name, budgetSteps))
  return { verdict: 'violated', steps, violations: violations.sort((left, right) => left.atMs - right.atMs) }
}

/**
 * The history property that every key of the model is linearizable; its violations are called `linearizable(KEY)`.
 * The budget, in steps of the model, is 5 million unless given.
 */
export function linearizable(model: Model, options: CheckOptions = {}): HistoryProperty {
  const name = options.name ?? 'linearizable'
  return { kind: 'history', name, prefixClosed: true, check: (history) => check(history, model, options) }
}

interface Refuted<Input, Output> {
  readonly key: string | undefined
  readonly entries: readonly Entry<Input, Output>[]
  readonly result: SearchResult<Input, Output>
}

/** Everything is one object where an operation touches all keys. */
function byKey<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  model: Model<any, Input, Output>,
): Map<string | undefined, Entry<Input, Output>[]> {
  const groups = new Map<string | undefined, Entry<Input, Output>[]>()
  for (const entry of entries) {
    const key = model.key?.(entry.input)
    if (key === undefined) return new Map([[undefined, [...entries]]])
    const group = groups.get(key)
    if (group) group.push(entry)
    else groups.set(key, [entry])
  }
  return groups
}

function violationOf<Input, Output>(
  { key, entries, result }: Refuted<Input, Output>,
  model: Model<any, Input, Output>,
  name: string,
  budgetSteps: number,
): Violation {
  const budget = { stepsLeft: budgetSteps }
  const core = minimalCore(entries, result.blocked!, model, budget)
  const ending = search(core, model, { stepsLeft: budgetSteps })
  const { shape, summary, because, entries: named } = explain(core, entries, model, ending)
  const last = core
    .filter(({ returned }) => returned !== Infinity)
    .reduce((left, right) => (left.returned > right.returned ? left : right))
  return {
    property: key === undefined ? name : `${name}(${key})`,
    shape,
    summary,
    because,
    operations: named.map(({ operation }) => operation.id),
    atMs: last.operation.returnedAtMs,
    atEvent: last.operation.returnedAtEvent,
  }
}

function outOfBudget(name: string, key: string | undefined, budgetSteps: number): string {
  return `${name}${key === undefined ? '' : `(${key})`}: no answer within ${budgetSteps} steps`
}
