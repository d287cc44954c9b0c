import type { Entry } from './entry.ts'
import type { Model } from './model.ts'
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
 * Three things keep it small. An operation that changes nothing is put in order as soon as it fits: to do so never
 * takes anything from what follows. Of crashed operations with the same input the earliest is used first, so that only
 * their number counts. And a configuration is left if it was reached before with no more of them used up.
 */
export function search<Input, Output>(
  entries: readonly Entry<Input, Output>[], model: Model<any, Input, Output>, budget: Budget,
): SearchResult<Input, Output> {
  return new Search(problemOf(entries, model), model, budget).run()
}

/* A frame is a configuration with the candidate to try next: cursor, first, state, bits of open operations, used counts. */
const FIRST = 1
const STATE = 2
const BITS = 3
const REFUSED = -1

class Search<State, Input, Output> {
  private readonly problem: Problem<Input, Output>
  private readonly model: Model<State, Input, Output>
  private readonly budget: Budget
  private readonly states = new States<State>()
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
    const { open, openFrom, crashed, required, readOnly } = this.problem
    this.makeRoom(frame + 2 * this.stride)
    const { frames } = this
    const first = frames[frame + FIRST]!
    const openCount = openFrom[first + 1]! - openFrom[first]!
    for (let candidate = frames[frame]!; candidate < openCount + crashed.length; candidate++) {
      frames[frame] = candidate + 1
      if (candidate < openCount) {
        const operation = open[openFrom[first]! + candidate]!
        if (readOnly[operation] || this.isOrdered(frame, operation)) continue
        const state = this.step(frames[frame + STATE]!, required[operation]!)
        if (state === REFUSED) continue
        this.copy(frame, state)
        this.setOrdered(frame + this.stride, operation)
      } else if (!this.useCrashed(frame, candidate - openCount)) continue
      this.settle(frame + this.stride)
      if (this.visited.add(frames, frame + this.stride + FIRST)) return true
    }
    return false
  }

  private useCrashed(frame: number, kind: number): boolean {
    const { frames } = this
    const group = this.problem.crashed[kind]!
    const entry = group[frames[frame + this.counts + kind]!]
    if (entry === undefined || entry.invoked > this.problem.required[frames[frame + FIRST]!]!.returned) return false
    const before = frames[frame + STATE]!
    const state = this.step(before, entry)
    if (state === REFUSED || state === before) return false
    this.copy(frame, state)
    frames[frame + this.stride + this.counts + kind]! += 1
    return true
  }

  /** Puts what changes nothing in order, and moves on to the first return that is not explained yet. */
  private settle(frame: number): void {
    const { open, openFrom, required, readOnly, seats } = this.problem
    const { frames } = this
    let first = frames[frame + FIRST]!
    while (first < required.length) {
      for (let place = openFrom[first]!; place < openFrom[first + 1]!; place++) {
        const operation = open[place]!
        if (!readOnly[operation] || this.isOrdered(frame, operation)) continue
        if (this.step(frames[frame + STATE]!, required[operation]!) !== REFUSED) this.setOrdered(frame, operation)
      }
      if (!this.isOrdered(frame, first)) break
      while (first < required.length && this.isOrdered(frame, first)) {
        frames[frame + BITS + (seats[first]! >> 5)]! &= ~(1 << (seats[first]! & 31))
        first += 1
      }
    }
    frames[frame + FIRST] = first
    if (first > this.furthest) this.furthest = first
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
        order.add(kind < 0 ? required[open[openFrom[from]! + candidate]!]! : crashed[kind]![way[before + this.counts + kind]!]!)
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
