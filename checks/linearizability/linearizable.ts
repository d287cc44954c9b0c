import { entriesOf } from './entry.ts'
import type { Entry } from './entry.ts'
import type { History } from '../history.ts'
import type { Model } from '../model.ts'
import { asObserved } from '../observed.ts'
import type { HistoryProperty } from '../property.ts'
import { Trial } from './trial.ts'
import type { Order, Verdict, Violation } from '../verdict.ts'

export interface CheckOptions {
  /** What violations call the property; `linearizable` unless given. */
  readonly name?: string
  /** Steps of the model that a verdict may take; making a violation small may take as many again. */
  readonly budgetSteps?: number
  /** True for inputs that the model knows; operations with another are left out. All are judged unless given. */
  readonly concerns?: (input: unknown) => boolean
  /** False where a good verdict need not come with the orders that prove it; those keep the operations in memory. */
  readonly orders?: boolean
}

const BUDGET_STEPS = 5_000_000
/** What each key may take at first, or its even share, so that a hard key does not hide the violation of an easy one. */
const FIRST_SLICE_STEPS = 5000
/** How much more it may take each time it has its turn again. */
const SLICE_GROWTH = 4

/**
 * Judges a history against a model: could its operations have come one at a time, each between its invocation and its
 * return? M. Herlihy and J. Wing, "Linearizability: a correctness condition for concurrent objects", 1990. Keys are
 * judged apart, which by the locality theorem (section 3.1 there) is the same as judging them together.
 *
 * Where the history is one that a specialist knows, that takes a time that is nearly linear in its length. Otherwise
 * orders are searched for, key by key, each a few steps at first and then more and more in turn.
 *
 * @returns `violated` with one violation for each key that fails, the earliest first; `unknown` where the budget ran
 * out and no key failed. Once a key has failed, the others get no more turns than it had. The evidence (`orders`,
 * `violations`) is found when it is first read, from the operations as they then are: the history must stay as it is.
 * @throws HistoryError where an operation has no proper times, or an action that the model does not know.
 */
export function check<Input, Output>(
  history: History<Input, Output>,
  model: Model<any, Input, Output>,
  options: CheckOptions = {},
): Verdict {
  const { name = 'linearizable', budgetSteps = BUDGET_STEPS, concerns, orders = true } = options
  const concerned = concerns === undefined ? history : history.filter(({ input }) => concerns(input))
  const judged = asObserved(concerned, model)
  const entries = entriesOf(judged.history)
  const trials = [...byKey(entries, judged.model)].map(([key, ofKey]) => new Trial(key, ofKey, judged.model))
  const budget = { stepsLeft: budgetSteps }
  let slice = Math.min(FIRST_SLICE_STEPS, Math.floor(budgetSteps / Math.max(1, trials.length)))
  for (let open = trials; open.length > 0; slice *= SLICE_GROWTH) {
    for (const trial of open) trial.proceed(budget, slice)
    open = open.filter(({ verdict }) => verdict === 'unknown')
    if (budget.stepsLeft <= 0 || trials.some(({ verdict }) => verdict === 'violated')) break
  }
  const steps = budgetSteps - budget.stepsLeft
  if (trials.some(({ verdict }) => verdict === 'violated')) {
    return violated(steps, () => trials.flatMap((trial) => trial.violation(name, budgetSteps) ?? []))
  }
  const undecided = trials.find(({ verdict }) => verdict === 'unknown')
  if (undecided) {
    const reached = undecided.reached()
    return { verdict: 'unknown', steps, reason: outOfBudget(name, reached.key, budgetSteps), reached }
  }
  return orders ? ok(steps, () => trials.flatMap((trial) => trial.order() ?? [])) : { verdict: 'ok', steps }
}

/*
 * Evidence is found when it is first looked at: who only asks whether a history holds, as shrinking does a thousand
 * times over, does not wait for cores that nobody reads.
 */

function ok(steps: number, find: () => readonly Order[]): Verdict {
  let found: readonly Order[] | undefined
  return {
    verdict: 'ok',
    steps,
    get orders() {
      return (found ??= find())
    },
  }
}

function violated(steps: number, find: () => Violation[]): Verdict {
  let found: readonly Violation[] | undefined
  return {
    verdict: 'violated',
    steps,
    get violations() {
      return (found ??= find().sort((left, right) => left.atMs - right.atMs))
    },
  }
}

/**
 * The history property that every key of the model is linearizable; its violations are called `linearizable(KEY)`.
 * The budget, in steps of the model, is 5 million unless given.
 */
export function linearizable(model: Model, options: CheckOptions = {}): HistoryProperty {
  const name = options.name ?? 'linearizable'
  return {
    kind: 'history',
    name,
    prefixClosed: true,
    clientVisible: true,
    check: (history) => check(history, model, { orders: false, ...options }),
  }
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

function outOfBudget(name: string, key: string | undefined, budgetSteps: number): string {
  return `${name}${key === undefined ? '' : `(${key})`}: no answer within ${budgetSteps} steps`
}
