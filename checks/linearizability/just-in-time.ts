import type { Ending } from './depth-first.ts'
import { FIRST, OWN, USED } from './moves.ts'
import type { Budget, Moves } from './moves.ts'
import { Visited } from './visited.ts'

/** Configurations in which the same return is the first that is not explained. */
interface Level {
  rows: Int32Array
  count: number
  readonly visited: Visited
}

/**
 * Goes from return to return, with all configurations at once in which the returns so far are explained: just-in-time
 * linearization, G. Lowe, "Testing for linearizability", 2017, section 7. It sees every configuration that can be
 * reached but needs to remember those of few returns, and meets those with the fewest crashed operations used up first.
 */
export class JustInTime {
  private readonly moves: Moves
  private readonly levels = new Map<number, Level>()
  private first = 0
  /** The row of the current level that is looked at, and the next move to try from it. */
  private row = 0
  private move = 0
  /** How each configuration came about: the one before, and the move; its number is in its row. */
  private parents = new Int32Array(FIRST_ROWS)
  private made = new Int32Array(FIRST_ROWS)
  private nodes = 0
  private last = -1
  private readonly scratch: Int32Array

  constructor(moves: Moves) {
    this.moves = moves
    this.scratch = new Int32Array(2 * moves.stride)
    moves.begin(this.scratch, moves.stride)
    this.first = this.scratch[moves.stride + FIRST]!
    this.keep(-1, -1)
  }

  run(budget: Budget): Ending {
    const { moves } = this
    moves.budget = budget
    if (this.last >= 0) return 'ok'
    for (let level = this.levels.get(this.first); ; level = this.nextLevel()) {
      if (level === undefined) return 'violated'
      while (this.row < level.count) {
        if (budget.stepsLeft <= 0) return undefined
        if (this.tryNext(level)) return 'ok'
      }
    }
  }

  /** The moves that lead to the configuration in which all is in order. */
  way(): number[] {
    const way: number[] = []
    for (let node = this.last; this.parents[node]! >= 0; node = this.parents[node]!) way.push(this.made[node]!)
    return way.reverse()
  }

  /** Makes the next move from the current row, or goes to the next row; true where all is in order. */
  private tryNext(level: Level): boolean {
    const { moves, scratch } = this
    const { stride } = moves
    const at = this.row * stride
    if (this.move >= moves.count(level.rows, at)) {
      this.row += 1
      this.move = 0
      return false
    }
    for (let word = 0; word < stride; word++) scratch[word] = level.rows[at + word]!
    const move = this.move++
    if (moves.make(scratch, 0, move, stride)) this.keep(scratch[OWN]!, move)
    return this.last >= 0
  }

  /** Keeps the row that was made, if it is new. */
  private keep(parent: number, move: number): void {
    const { moves, scratch } = this
    const { stride } = moves
    const first = scratch[stride + FIRST]!
    let level = this.levels.get(first)
    if (level === undefined) {
      level = { rows: new Int32Array(FIRST_ROWS * stride), count: 0, visited: new Visited(stride - USED, moves.used) }
      this.levels.set(first, level)
    }
    if (!level.visited.add(scratch, stride + USED)) return
    scratch[stride + OWN] = this.nodeOf(parent, move)
    if (moves.isDone(scratch, stride)) this.last = scratch[stride + OWN]!
    if ((level.count + 1) * stride > level.rows.length) level.rows = twice(level.rows)
    level.rows.set(scratch.subarray(stride), level.count++ * stride)
  }

  private nodeOf(parent: number, move: number): number {
    if (this.nodes === this.parents.length) {
      this.parents = twice(this.parents)
      this.made = twice(this.made)
    }
    this.parents[this.nodes] = parent
    this.made[this.nodes] = move
    return this.nodes++
  }

  /** Forgets the current level; undefined where no configuration is further. */
  private nextLevel(): Level | undefined {
    this.levels.delete(this.first)
    this.row = 0
    this.move = 0
    if (this.levels.size === 0) return undefined
    while (!this.levels.has(this.first)) this.first += 1
    return this.levels.get(this.first)
  }
}

const FIRST_ROWS = 16

function twice(words: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * words.length)
  longer.set(words)
  return longer
}
