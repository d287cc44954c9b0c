import { NOTHING } from './calls.ts'
import { withoutAnswer } from './entry.ts'
import type { Entry } from './entry.ts'
import { Rest } from './leave-out.ts'
import type { Budget } from './moves.ts'
import { NEVER } from './operations.ts'
import type { Operations } from './operations.ts'
import { Search } from './search.ts'
import { isSmall, SmallSearch } from './small.ts'

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
 * @param steps those that the verdict took.
 */
export function minimalCore<Input, Output>(
  operations: Operations<Input, Output>,
  blocked: Entry<Input, Output>,
  budget: Budget,
  steps = 0,
): readonly Entry<Input, Output>[] {
  const before = budget.stepsLeft
  const beginning = shortestBeginning(operations, blocked, budget)
  const searched = before - budget.stepsLeft
  return withoutNeedless(beginning, budget, searched > 0 ? searched : steps)
}

/** The same for operations that are few and condemned already. */
export function withoutNeedless<Input, Output>(
  condemned: Operations<Input, Output>,
  budget: Budget,
  steps = 0,
): readonly Entry<Input, Output>[] {
  const attempts = new Attempts(budget, Math.max(ATTEMPT_STEPS, ATTEMPT_FACTOR * steps))
  const core = leaveOut(condemned, attempts)
  const forgetful = forgetAnswers(core, attempts)
  return (forgetful === core ? core : leaveOut(forgetful, attempts)).entries
}

/** Asks whether some of the operations are condemned by themselves, each time within as many steps. */
class Attempts {
  private readonly budget: Budget
  private readonly steps: number
  private readonly small = new SmallSearch()

  constructor(budget: Budget, steps: number) {
    this.budget = budget
    this.steps = steps
  }

  condemn(operations: Operations, some: readonly number[]): boolean {
    const attempt = { stepsLeft: Math.min(this.steps, this.budget.stepsLeft) }
    this.budget.stepsLeft -= attempt.stepsLeft
    const verdict = isSmall(operations, some)
      ? this.small.run(operations, some, attempt)
      : new Search(operations.only(some), 'depth first').run(attempt).verdict
    this.budget.stepsLeft += attempt.stepsLeft
    return verdict === 'violated'
  }
}

/**
 * Many at once while that goes well, and fewer where it does not: as if one at a time, the earliest first, with far
 * fewer searches. Compare A. Zeller and R. Hildebrandt, "Simplifying and isolating failure-inducing input", 2002.
 */
function leaveOut<Input, Output>(condemned: Operations<Input, Output>, attempts: Attempts): Operations<Input, Output> {
  const rest = new Rest(condemned as Operations)
  /** 1 where without it the rest has an order, and then less of the rest has one too. */
  const needed = new Uint8Array(condemned.count)
  let left = rest.present()
  for (let length = Infinity; left.length < length;) {
    length = left.length
    let size = Math.max(1, length >> 1)
    for (let at = 0; at < left.length;) {
      const dropped = rest.leaveOut(candidatesOf(left, at, at + size, needed))
      const less = dropped.length === 0 ? left : rest.present()
      if (dropped.length > 0 && attempts.condemn(condemned as Operations, less)) {
        at = keptBefore(left, at + size, rest)
        left = less
        rest.settle(less)
        size *= 2
      } else {
        rest.takeBack(dropped)
        // What goes together is needed together.
        if (size === 1 || dropped.length === 1) for (const index of dropped) needed[index] = 1
        if (size === 1 || dropped.length <= 1) at += size
        size = Math.max(1, size >> 1)
      }
    }
  }
  return condemned.only(left)
}

function candidatesOf(left: readonly number[], from: number, to: number, needed: Uint8Array): number[] {
  const candidates: number[] = []
  for (let place = from; place < to && place < left.length; place++) {
    if (needed[left[place]!] === 0) candidates.push(left[place]!)
  }
  return candidates
}

function keptBefore(left: readonly number[], end: number, rest: Rest): number {
  let kept = 0
  for (let place = 0; place < end && place < left.length; place++) if (rest.has(left[place]!)) kept += 1
  return kept
}

/**
 * Where a write also answers what it found, the answer is forgotten if the rest is condemned without it: else each
 * write would stay for the sake of the next. An order for the whole is one for the whole with fewer answers known.
 */
function forgetAnswers<Input, Output>(
  operations: Operations<Input, Output>,
  attempts: Attempts,
): Operations<Input, Output> {
  const { model } = operations.calls
  if (!model.register) return operations
  let core = operations
  const all = operations.entries.map((_, index) => index)
  for (let index = 0; index < operations.count; index++) {
    const { input, output } = operations.entries[index]!
    const { found, wrote } = operations.calls.factsAt(operations.callAt(index))
    if (output === undefined || found === NOTHING || wrote === NOTHING) continue
    // A compare and set hangs on what it finds, answered or not.
    if (model.register(input, undefined).found !== undefined) continue
    const rest = core.forgetting(index)
    if (attempts.condemn(rest as Operations, all)) core = rest
  }
  return core
}

/** Before the return that no order gets past, all is in order; at it or at one of the next returns it no longer is. */
function shortestBeginning<Input, Output>(
  operations: Operations<Input, Output>,
  blocked: Entry<Input, Output>,
  budget: Budget,
): Operations<Input, Output> {
  if (canDoNoMoreUnanswered(operations, blocked.returned)) return operations.upTo(blocked.returned)
  const cuts = operations.returned.filter((returned) => returned !== NEVER && returned >= blocked.returned).sort()
  for (const cut of cuts) {
    const beginning = operations.upTo(cut)
    if (new Search(beginning, 'depth first').run(budget).verdict === 'violated') return beginning
    if (budget.stepsLeft <= 0) break
  }
  return operations
}

/** True where what is under way at this rank can do no more while nobody knows its answer than it can with it. */
function canDoNoMoreUnanswered<Input, Output>(operations: Operations<Input, Output>, rank: number): boolean {
  const { calls, entries, invoked, returned } = operations
  for (let index = 0; index < operations.count && invoked[index]! < rank; index++) {
    if (returned[index]! <= rank || returned[index] === NEVER) continue
    const answered = calls.factsAt(operations.callAt(index))
    const open = calls.factsAt(calls.numberOf(withoutAnswer(entries[index]!)))
    if (open.readOnly) continue
    if (open.wrote === NOTHING || open.wrote !== answered.wrote) return false
    if (answered.found !== NOTHING && answered.found !== open.found) return false
    if (answered.foundNot !== NOTHING && answered.foundNot !== open.foundNot) return false
  }
  return true
}
