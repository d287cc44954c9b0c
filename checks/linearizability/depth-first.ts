import { OWN, STATE, USED } from './moves.ts'
import type { Budget, Moves } from './moves.ts'
import { Visited } from './visited.ts'

/** What a search has to say so far; undefined while it may go on. */
export type Ending = 'ok' | 'violated' | undefined

/**
 * Goes on from one configuration as long as it can, and back where it cannot: quick to find one of many orders.
 * J. Wing and C. Gong, "Testing and verifying concurrent objects", 1993, section 4; with memory, G. Lowe, "Testing for
 * linearizability", 2017, sections 4 and 5.
 */
export class DepthFirst {
  private readonly moves: Moves
  private readonly visited: Visited
  private readonly onDeadEnd: ((way: () => number[], ordered: number, state: number) => void) | undefined
  /** The configurations on the way to the current one, each with the next move to try from it. */
  private rows: Int32Array
  private at = 0
  private deeper = true

  /** @param onDeadEnd told where a way cannot be continued, with the moves that led there. */
  constructor(moves: Moves, onDeadEnd?: (way: () => number[], ordered: number, state: number) => void) {
    this.moves = moves
    this.onDeadEnd = onDeadEnd
    this.visited = new Visited(moves.stride - USED, moves.used)
    this.rows = new Int32Array(FIRST_DEPTH * moves.stride)
    moves.begin(this.rows, 0)
    this.visited.add(this.rows, USED)
  }

  run(budget: Budget): Ending {
    const { moves } = this
    moves.budget = budget
    while (this.at >= 0) {
      if (moves.isDone(this.rows, this.at)) return 'ok'
      if (budget.stepsLeft <= 0) return undefined
      if (this.tryNext()) {
        this.at += moves.stride
        this.deeper = true
      } else {
        if (this.deeper && this.onDeadEnd) this.tell(this.onDeadEnd)
        this.deeper = false
        this.at -= moves.stride
      }
    }
    return 'violated'
  }

  /** The moves that led to the current configuration. */
  way(): number[] {
    const way: number[] = []
    for (let at = 0; at < this.at; at += this.moves.stride) way.push(this.rows[at + OWN]! - 1)
    return way
  }

  /** Makes the row after the current one by its next move; false where it has none left. */
  private tryNext(): boolean {
    const { at, moves, visited } = this
    const to = at + moves.stride
    if (to + moves.stride > this.rows.length) this.grow()
    const { rows } = this
    const count = moves.count(rows, at)
    for (let move = rows[at + OWN]!; move < count; move++) {
      rows[at + OWN] = move + 1
      if (moves.make(rows, at, move, to) && visited.add(rows, to + USED)) return true
    }
    return false
  }

  private tell(onDeadEnd: NonNullable<typeof this.onDeadEnd>): void {
    onDeadEnd(() => this.way(), this.moves.ordered(this.rows, this.at), this.rows[this.at + STATE]!)
  }

  private grow(): void {
    const rows = new Int32Array(2 * this.rows.length)
    rows.set(this.rows)
    this.rows = rows
  }
}

const FIRST_DEPTH = 32
