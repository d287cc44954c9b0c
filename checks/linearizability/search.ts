import type { Entry } from './entry.ts'
import type { Model } from '../model.ts'
import { problemOf } from './problem.ts'
import type { Problem } from './problem.ts'
import { States } from './states.ts'
import { Visited } from './visited.ts'

/** Steps of a model that may still be made; shared by all that a verdict needs. */
export interface Budget {
  stepsLeft: number
}

export interface SearchResult<Input = unknown, Output = unknown> {
  readonly verdict: 'ok' | 'violated' | 'unknown'
  /** The longest beginning of an order that was found; empty unless violated. */
  readonly order: readonly Entry<Input, Output>[]
  /** The first return that no order gets past; undefined unless violated. */
  readonly blocked: Entry<Input, Output> | undefined
}

/**
 * Whether the operations of one object can be put in an order that the model accepts, in which each comes between its
 * invocation and its return. Depth-first with memory: J. Wing and C. Gong, "Testing and verifying concurrent objects",
 * 1993, section 4; G. Lowe, "Testing for linearizability", 2017, sections 4 and 5.
 *
 * Four things keep it small. An operation that changes nothing is put in order as soon as it fits: to do so never
 * takes anything from what follows. Of crashed operations with the same input the earliest is used first, so that only
 * their number counts. A crashed operation is not used where a blind write follows at once: it could as well never have
 * taken effect. And a configuration is left if it was reached before with no more crashed operations used up.
 */
export function search<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  model: Model<any, Input, Output>,
  budget: Budget,
): SearchResult<Input, Output> {
  return new Search(problemOf(entries, model), model, budget).run()
}

/*
 * A frame: the candidate to try next; 1 where a crashed operation led here and nothing has observed it; and the
 * configuration, which is the first return not explained, the state, bits of open operations, counts of crashed ones.
 */
const UNOBSERVED = 1
const FIRST = 2
const STATE = 3
const BITS = 4
const REFUSED = -1

class Search<State, Input, Output> {
  private readonly problem: Problem<Input, Output>
  private readonly model: Model<State, Input, Output>
  private readonly budget: Budget
  private readonly states: States<State>
  private readonly visited: Visited
  /** Where the counts begin in a frame, and how long a frame is. */
  private readonly counts: number
  private readonly stride: number
  private frames: Int32Array
  private furthest = 0
  private longest: Int32Array = new Int32Array(0)
  private longestCount = -1

  constructor(problem: Problem<Input, Output>, model: Model<State, Input, Output>, budget: Budget) {
    this.problem = problem
    this.model = model
    this.budget = budget
    this.states = new States(model.identity)
    this.counts = BITS + Math.ceil(problem.seatCount / 32)
    this.stride = this.counts + problem.crashed.length
    this.visited = new Visited(this.counts - FIRST, problem.crashed.length)
    this.frames = new Int32Array(this.stride * (problem.required.length + 2))
  }

  run(): SearchResult<Input, Output> {
    const { frames: root } = this
    root[STATE] = this.states.numberOf(this.model.init())
    this.settle(0)
    this.visited.add(root, FIRST)
    let frame = 0
    let deeper = true
    while (frame >= 0) {
      if (this.frames[frame + FIRST] === this.problem.required.length) return unrefuted('ok')
      if (this.budget.stepsLeft <= 0) return unrefuted('unknown')
      if (this.tryNext(frame)) {
        frame += this.stride
        deeper = true
      } else {
        if (deeper) this.remember(frame)
        deeper = false
        frame -= this.stride
      }
    }
    return this.refuted()
  }

  /** Makes the frame that follows this one by its next candidate; false where it has none left. */
  private tryNext(frame: number): boolean {
    const { openFrom, crashed } = this.problem
    this.makeRoom(frame + 2 * this.stride)
    const first = this.frames[frame + FIRST]!
    const openCount = openFrom[first + 1]! - openFrom[first]!
    for (let candidate = this.frames[frame]!; candidate < openCount + crashed.length; candidate++) {
      this.frames[frame] = candidate + 1
      const made =
        candidate < openCount
          ? this.useOpen(frame, openFrom[first]! + candidate)
          : this.useCrashed(frame, candidate - openCount)
      if (made && this.visited.add(this.frames, frame + this.stride + FIRST)) return true
    }
    return false
  }

  private useOpen(frame: number, place: number): boolean {
    const { open, required, readOnly, blind } = this.problem
    const { frames } = this
    const operation = open[place]!
    if (readOnly[operation] || this.isOrdered(frame, operation)) return false
    if (frames[frame + UNOBSERVED] === 1 && blind[operation]) return false
    const state = this.step(frames[frame + STATE]!, required[operation]!)
    if (state === REFUSED) return false
    this.copy(frame, state)
    this.setOrdered(frame + this.stride, operation)
    this.settle(frame + this.stride)
    return true
  }

  private useCrashed(frame: number, kind: number): boolean {
    const { crashed, crashedBlind, required } = this.problem
    const { frames, stride } = this
    const entry = crashed[kind]![frames[frame + this.counts + kind]!]
    if (entry === undefined || entry.invoked > required[frames[frame + FIRST]!]!.returned) return false
    if (frames[frame + UNOBSERVED] === 1 && crashedBlind[kind]) return false
    const before = frames[frame + STATE]!
    const state = this.step(before, entry)
    if (state === REFUSED || state === before) return false
    this.copy(frame, state)
    frames[frame + stride + this.counts + kind]! += 1
    frames[frame + stride + UNOBSERVED] = this.settle(frame + stride) ? 0 : 1
    return true
  }

  /** Puts what changes nothing in order, if any, and moves on to the first return that is not explained yet. */
  private settle(frame: number): boolean {
    const { open, openFrom, required, readOnly, seats } = this.problem
    const { frames } = this
    let first = frames[frame + FIRST]!
    let found = false
    while (first < required.length) {
      for (let place = openFrom[first]!; place < openFrom[first + 1]!; place++) {
        const operation = open[place]!
        if (!readOnly[operation] || this.isOrdered(frame, operation)) continue
        if (this.step(frames[frame + STATE]!, required[operation]!) === REFUSED) continue
        this.setOrdered(frame, operation)
        found = true
      }
      if (!this.isOrdered(frame, first)) break
      while (first < required.length && this.isOrdered(frame, first)) {
        frames[frame + BITS + (seats[first]! >> 5)]! &= ~(1 << (seats[first]! & 31))
        first += 1
      }
    }
    frames[frame + FIRST] = first
    if (first > this.furthest) this.furthest = first
    return found
  }

  private step(state: number, entry: Entry<Input, Output>): number {
    this.budget.stepsLeft -= 1
    const after = this.model.step(this.states.at(state), entry.input, entry.output)
    return after === undefined ? REFUSED : this.states.numberOf(after)
  }

  private copy(frame: number, state: number): void {
    const { frames, stride } = this
    frames.copyWithin(frame + stride, frame, frame + stride)
    frames[frame + stride] = 0
    frames[frame + stride + UNOBSERVED] = 0
    frames[frame + stride + STATE] = state
  }

  private isOrdered(frame: number, operation: number): boolean {
    const seat = this.problem.seats[operation]!
    return (this.frames[frame + BITS + (seat >> 5)]! & (1 << (seat & 31))) !== 0
  }

  private setOrdered(frame: number, operation: number): void {
    const seat = this.problem.seats[operation]!
    this.frames[frame + BITS + (seat >> 5)]! |= 1 << (seat & 31)
  }

  private makeRoom(length: number): void {
    if (length <= this.frames.length) return
    const frames = new Int32Array(2 * length)
    frames.set(this.frames)
    this.frames = frames
  }

  /** Keeps the way to this frame where it is the longest so far. */
  private remember(frame: number): void {
    let count = this.frames[frame + FIRST]!
    for (let word = BITS; word < this.counts; word++) count += bitsSet(this.frames[frame + word]!)
    if (count <= this.longestCount) return
    this.longestCount = count
    this.longest = this.frames.slice(0, frame + this.stride)
  }

  private refuted(): SearchResult<Input, Output> {
    return { verdict: 'violated', order: this.orderOf(this.longest), blocked: this.problem.required[this.furthest] }
  }

  private orderOf(way: Int32Array): Entry<Input, Output>[] {
    const { required, open, openFrom, crashed } = this.problem
    const order = new Set<Entry<Input, Output>>()
    for (let frame = 0; frame < way.length; frame += this.stride) {
      const before = frame - this.stride
      const from = frame === 0 ? 0 : way[before + FIRST]!
      if (frame > 0) {
        const candidate = way[before]! - 1
        const kind = candidate - (openFrom[from + 1]! - openFrom[from]!)
        order.add(
          kind < 0 ? required[open[openFrom[from]! + candidate]!]! : crashed[kind]![way[before + this.counts + kind]!]!,
        )
      }
      const first = way[frame + FIRST]!
      for (let operation = from; operation < first; operation++) order.add(required[operation]!)
      for (let place = openFrom[first]!; place < openFrom[first + 1]!; place++) {
        const seat = this.problem.seats[open[place]!]!
        if ((way[frame + BITS + (seat >> 5)]! & (1 << (seat & 31))) !== 0) order.add(required[open[place]!]!)
      }
    }
    return [...order]
  }
}

function unrefuted(verdict: 'ok' | 'unknown'): SearchResult<never, never> {
  return { verdict, order: [], blocked: undefined }
}

function bitsSet(word: number): number {
  let count = 0
  for (let rest = word; rest !== 0; rest &= rest - 1) count += 1
  return count
}
