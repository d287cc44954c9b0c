import { entriesUpTo, precedes } from './entry.ts'
import type { Entry } from './entry.ts'
import type { Model } from '../model.ts'
import { samePlain } from '../plain.ts'
import { search } from './search.ts'
import type { Budget } from './search.ts'

/** An attempt to leave one out may take this many times the steps that the whole took. */
const ATTEMPT_FACTOR = 2

/**
 * The least of a history that is still not linearizable: first the shortest beginning in time, with what was under way
 * at its end left open; then, of that, operations are left out one at a time as long as the rest is condemned without
 * them, until none can be. Every one left out is one that {@link mayLeaveOut} allows, so that the rest condemns the
 * whole. The last write of a value that somebody read stays for the reader's sake: a stale value is not one that
 * nobody wrote. Where the budget runs out on the way, the least so far.
 *
 * @param blocked what the search of all of them gave.
 */
export function minimalCore<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  blocked: Entry<Input, Output>,
  model: Model<any, Input, Output>,
  budget: Budget,
): Entry<Input, Output>[] {
  const before = budget.stepsLeft
  let core = shortestBeginning(entries, blocked, model, budget)
  const attemptSteps = ATTEMPT_FACTOR * (before - budget.stepsLeft)
  const isCondemned = (rest: Entry<Input, Output>[]) => {
    const attempt = { stepsLeft: Math.min(attemptSteps, budget.stepsLeft) }
    budget.stepsLeft -= attempt.stepsLeft
    const { verdict } = search(rest, model, attempt)
    budget.stepsLeft += attempt.stepsLeft
    return verdict === 'violated'
  }
  core = forgetAnswers(core, model, isCondemned)
  for (let length = Infinity; core.length < length;) {
    length = core.length
    for (const entry of core) {
      const rest = core.filter((other) => other !== entry)
      if (!isLastSource(entry, rest, model) && mayLeaveOut(entry, rest, model) && isCondemned(rest)) core = rest
    }
  }
  return core
}

/**
 * Where a write also answers what it found, the answer is forgotten if the rest is condemned without it: else each
 * write would stay for the sake of the next. An order for the whole is one for the whole with fewer answers known.
 */
function forgetAnswers<Input, Output>(
  entries: Entry<Input, Output>[],
  model: Model<any, Input, Output>,
  isCondemned: (rest: Entry<Input, Output>[]) => boolean,
): Entry<Input, Output>[] {
  let core = entries
  for (const entry of entries) {
    const { found, wrote } = model.register?.(entry.input, entry.output) ?? {}
    // A compare and set hangs on what it finds, answered or not.
    const hangs = model.register?.(entry.input, undefined).found !== undefined
    if (found === undefined || wrote === undefined || hangs) continue
    const rest = core.map((other) => (other === entry ? { ...entry, output: undefined } : other))
    if (isCondemned(rest)) core = rest
  }
  return core
}

/** Before the return that no order gets past, all is in order; at it or at one of the next returns it no longer is. */
function shortestBeginning<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  blocked: Entry<Input, Output>,
  model: Model<any, Input, Output>,
  budget: Budget,
): Entry<Input, Output>[] {
  const cuts = entries
    .map(({ returned }) => returned)
    .filter((returned) => returned !== Infinity && returned >= blocked.returned)
    .sort((left, right) => left - right)
  for (const cut of cuts) {
    const beginning = entriesUpTo(entries, cut)
    if (search(beginning, model, budget).verdict === 'violated') return beginning
  }
  return [...entries]
}

function isLastSource<Input, Output>(
  entry: Entry<Input, Output>,
  rest: readonly Entry<Input, Output>[],
  { register, init }: Model<any, Input, Output>,
): boolean {
  const { wrote } = register?.(entry.input, entry.output) ?? {}
  if (!register || wrote === undefined || samePlain(wrote, init())) return false
  const views = rest.map((other) => ({ other, ...register(other.input, other.output) }))
  return views.some(
    ({ other: reader, found }) =>
      samePlain(found, wrote) &&
      reader.returned !== Infinity &&
      !precedes(reader, entry) &&
      !views.some(
        ({ other, wrote: written }) => other !== reader && samePlain(written, wrote) && !precedes(reader, other),
      ),
  )
}

/**
 * Whether an order for the rest exists wherever one exists for the rest with this operation. Let L be one with it; the
 * operation is taken out of L, and what remains must be an order for the rest.
 *
 * If it is read-only, the states in L stay as they were. Otherwise states differ from its place in L up to the next
 * operation that replaces its effect, and nobody in between can have needed the effect, as nobody may observe it. On
 * a register: a read in between would have found the value, a compare and set that succeeded would have expected it,
 * one that failed would not have found something else. (One that crashed, and did nothing in L, is taken never to
 * take effect.) Whoever returned before the operation was invoked is not in between, nor is anyone before whom, in
 * real time, another write replaced the effect. Values need not be unique: whoever found the value and may be in
 * between counts as an observer.
 */
export function mayLeaveOut<Input, Output>(
  entry: Entry<Input, Output>,
  rest: readonly Entry<Input, Output>[],
  model: Model<any, Input, Output>,
): boolean {
  if (model.readOnly?.(entry.input, entry.output)) return true
  return rest.every((other) => precedes(other, entry) || !mayObserve(other, entry, rest, model))
}

function mayObserve<Input, Output>(
  observer: Entry<Input, Output>,
  writer: Entry<Input, Output>,
  rest: readonly Entry<Input, Output>[],
  model: Model<any, Input, Output>,
): boolean {
  const { observes, register } = model
  if (observes) return observes(observer, writer)
  if (!register) return true
  const { found, foundNot } = register(observer.input, observer.output)
  const { wrote } = register(writer.input, writer.output)
  const fits =
    wrote !== undefined &&
    ((found !== undefined && samePlain(found, wrote)) || (foundNot !== undefined && !samePlain(foundNot, wrote)))
  return (
    fits &&
    !rest.some(
      (other) =>
        precedes(writer, other) && precedes(other, observer) && register(other.input, other.output).wrote !== undefined,
    )
  )
}
