import type { Calls } from './calls.ts'
import { entriesUpTo, withoutAnswer } from './entry.ts'
import type { Entry } from './entry.ts'
import { Rest } from './leave-out.ts'
import type { Budget } from './moves.ts'
import { search } from './search.ts'
import { isSmall, searchSmall } from './small.ts'

/** An attempt to leave some out may take this many times the steps that the beginning took, and always a few. */
const ATTEMPT_FACTOR = 2
const ATTEMPT_STEPS = 2000

/**
 * The least of a history that is still not linearizable: first the shortest beginning in time, with what was under way
 * at its end left open; then, of that, operations are left out as long as the rest is condemned without them, until
 * none can be. Every one left out is one that {@link Rest} allows, so that the rest condemns the whole. Where the
 * budget runs out on the way, the least so far.
 *
 * @param blocked the first return that no order of all of them gets past.
 */
export function minimalCore<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  blocked: Entry<Input, Output>,
  calls: Calls<any, Input, Output>,
  budget: Budget,
): Entry<Input, Output>[] {
  const before = budget.stepsLeft
  const beginning = shortestBeginning(entries, blocked, calls, budget)
  return withoutNeedless(beginning, calls, budget, before - budget.stepsLeft)
}

/** The same for operations that are few and condemned already. */
export function withoutNeedless<Input, Output>(
  condemned: readonly Entry<Input, Output>[],
  calls: Calls<any, Input, Output>,
  budget: Budget,
  steps = 0,
): Entry<Input, Output>[] {
  const attemptSteps = Math.max(ATTEMPT_STEPS, ATTEMPT_FACTOR * steps)
  const isCondemned = (rest: readonly Entry<Input, Output>[]) => {
    const attempt = { stepsLeft: Math.min(attemptSteps, budget.stepsLeft) }
    budget.stepsLeft -= attempt.stepsLeft
    const verdict = isSmall(rest) ? searchSmall(rest, calls, attempt) : search(rest, calls, attempt).verdict
    budget.stepsLeft += attempt.stepsLeft
    return verdict === 'violated'
  }
  let core = leaveOut(condemned, calls, isCondemned)
  const forgetful = forgetAnswers(core, calls, isCondemned)
  if (forgetful.some((entry, index) => entry !== core[index])) core = leaveOut(forgetful, calls, isCondemned)
  return core
}

/**
 * Many at once while that goes well, and fewer where it does not: as if one at a time, the earliest first, with far
 * fewer searches. Compare A. Zeller and R. Hildebrandt, "Simplifying and isolating failure-inducing input", 2002.
 */
function leaveOut<Input, Output>(
  condemned: readonly Entry<Input, Output>[],
  calls: Calls<any, Input, Output>,
  isCondemned: (rest: readonly Entry<Input, Output>[]) => boolean,
): Entry<Input, Output>[] {
  const rest = new Rest(condemned, calls)
  /** Without them the rest has an order, and then less of the rest has one too. */
  const needed = new Set<Entry<Input, Output>>()
  let left = rest.entries()
  for (let length = Infinity; left.length < length;) {
    length = left.length
    let size = Math.max(1, length >> 1)
    for (let at = 0; at < left.length;) {
      const chunk = left.slice(at, at + size).filter((entry) => !needed.has(entry))
      const dropped = rest.leaveOut(chunk)
      if (dropped.length > 0 && isCondemned(rest.entries())) {
        const kept = left.slice(0, at + size).filter((entry) => rest.has(entry)).length
        left = rest.entries()
        at = kept
        size *= 2
      } else {
        rest.takeBack(dropped)
        // What goes together is needed together.
        if (size === 1 || dropped.length === 1) for (const entry of dropped) needed.add(entry)
        if (size === 1 || dropped.length <= 1) at += size
        size = Math.max(1, size >> 1)
      }
    }
  }
  return left
}

/**
 * Where a write also answers what it found, the answer is forgotten if the rest is condemned without it: else each
 * write would stay for the sake of the next. An order for the whole is one for the whole with fewer answers known.
 */
function forgetAnswers<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  calls: Calls<any, Input, Output>,
  isCondemned: (rest: readonly Entry<Input, Output>[]) => boolean,
): readonly Entry<Input, Output>[] {
  const { register } = calls.model
  if (!register) return entries
  let core = entries
  for (const entry of entries) {
    const { found, wrote } = register(entry.input, entry.output)
    if (entry.output === undefined || found === undefined || wrote === undefined) continue
    // A compare and set hangs on what it finds, answered or not.
    if (register(entry.input, undefined).found !== undefined) continue
    const rest = core.map((other) => (other === entry ? withoutAnswer(entry) : other))
    if (isCondemned(rest)) core = rest
  }
  return core
}

/** Before the return that no order gets past, all is in order; at it or at one of the next returns it no longer is. */
function shortestBeginning<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  blocked: Entry<Input, Output>,
  calls: Calls<any, Input, Output>,
  budget: Budget,
): readonly Entry<Input, Output>[] {
  const cuts = entries
    .map(({ returned }) => returned)
    .filter((returned) => returned !== Infinity && returned >= blocked.returned)
    .sort((left, right) => left - right)
  for (const cut of cuts) {
    const beginning = entriesUpTo(entries, cut)
    if (search(beginning, calls, budget).verdict === 'violated') return beginning
    if (budget.stepsLeft <= 0) break
  }
  return entries
}
