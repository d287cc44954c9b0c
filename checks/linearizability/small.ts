import { REFUSED } from './calls.ts'
import { NEVER } from './operations.ts'
import type { Operations } from './operations.ts'
import type { Budget } from './moves.ts'

/** A set of operations is a number with a bit for each, and a configuration that set and a state in one number. */
const MOST_OPERATIONS = 30
/** Here crashed operations are not counted by kinds, so many of them would be too many. */
const MOST_CRASHED = 8
const SETS = 0x40000000

/** True for so few operations that preparing a large search would take longer than searching them. */
export function isSmall({ returned }: Operations, some: readonly number[]): boolean {
  if (some.length > MOST_OPERATIONS) return false
  let crashed = 0
  for (let place = 0; place < some.length; place++) if (returned[some[place]!] === NEVER) crashed += 1
  return crashed <= MOST_CRASHED
}

/**
 * The verdict alone, on few operations: depth-first with memory, with nothing prepared, and in the same arrays again.
 *
 * Three things keep it short, as they do a large search: what changes nothing is put in order as soon
 * as it fits; of operations with the same call the one that was invoked and returns first goes first; and a crashed one
 * is not used where it changes nothing, or where a blind write follows at once.
 */
export class SmallSearch {
  private operations!: Operations
  private budget!: Budget
  private count = 0
  private readonly numbers = new Int32Array(MOST_OPERATIONS)
  /** For each operation those that must be in order before it. */
  private readonly earlier = new Int32Array(MOST_OPERATIONS)
  /** For each operation those with the same call that go before it. */
  private readonly twins = new Int32Array(MOST_OPERATIONS)
  private required = 0
  private readOnly = 0
  private blind = 0
  private readonly visited = new Set<number>()

  /** @param some the numbers of those that it is about, in the order of their invocation. */
  run(operations: Operations, some: readonly number[], budget: Budget): 'ok' | 'violated' | 'unknown' {
    this.operations = operations
    this.budget = budget
    this.visited.clear()
    this.prepare(some)
    if (this.explore(0, operations.calls.initial, false)) return 'ok'
    return budget.stepsLeft > 0 ? 'violated' : 'unknown'
  }

  private prepare(some: readonly number[]): void {
    const { operations, numbers } = this
    this.count = some.length
    this.required = 0
    this.readOnly = 0
    this.blind = 0
    const { invoked, returned, calls } = operations
    for (let place = 0; place < some.length; place++) {
      const index = some[place]!
      const call = operations.callAt(index)
      const start = invoked[index]!
      const end = returned[index]!
      let before = 0
      let twins = 0
      for (let other = 0; other < place; other++) {
        const otherEnd = returned[some[other]!]!
        if (otherEnd < start) before |= 1 << other
        else if (otherEnd <= end && numbers[other] === call) twins |= 1 << other
      }
      numbers[place] = call
      this.earlier[place] = before
      this.twins[place] = twins
      const facts = calls.factsAt(call)
      if (end !== NEVER) this.required |= 1 << place
      if (facts.readOnly) this.readOnly |= 1 << place
      if (facts.blind) this.blind |= 1 << place
    }
  }

  /**
   * True where the rest can follow on this set, in any order, from this state. Of operations in the order of their
   * invocation, those after the first that has to wait for others have to wait for them too.
   *
   * @param crashed true where a crashed operation came last.
   */
  private explore(before: number, state: number, crashed: boolean): boolean {
    const { count, numbers, earlier, readOnly, budget } = this
    const { calls } = this.operations
    const start = 31 - Math.clz32(~before & (before + 1))
    let set = before
    for (let place = start; place < count && (earlier[place]! & ~set) === 0; place++) {
      if ((readOnly & (1 << place) & ~set) === 0) continue
      budget.stepsLeft -= 1
      if (calls.step(state, numbers[place]!) !== REFUSED) set |= 1 << place
    }
    if ((this.required & ~set) === 0) return true
    const configuration = state * SETS + set
    if (this.visited.has(configuration)) return false
    this.visited.add(configuration)
    const useless = set | readOnly | (crashed && set === before ? this.blind : 0)
    for (let place = start; place < count && (earlier[place]! & ~set) === 0; place++) {
      const bit = 1 << place
      if ((useless & bit) !== 0 || (this.twins[place]! & ~set) !== 0) continue
      if (budget.stepsLeft <= 0) return false
      budget.stepsLeft -= 1
      const after = calls.step(state, numbers[place]!)
      const mayCrash = (this.required & bit) === 0
      if (after === REFUSED || (mayCrash && after === state)) continue
      if (this.explore(set | bit, after, mayCrash)) return true
    }
    return false
  }
}
