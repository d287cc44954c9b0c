import type { Calls } from './calls.ts'
import { DepthFirst } from './depth-first.ts'
import type { Entry } from './entry.ts'
import { JustInTime } from './just-in-time.ts'
import { Moves } from './moves.ts'
import type { Budget } from './moves.ts'
import { Operations } from './operations.ts'
import { Problem } from './problem.ts'

export interface SearchResult<Input = unknown, Output = unknown> {
  readonly verdict: 'ok' | 'violated' | 'unknown'
  /** The order that was found; only where the verdict is ok. */
  readonly order?: () => readonly Entry<Input, Output>[]
  /** The first return that no order gets past; only where the verdict is violated. */
  readonly blocked?: Entry<Input, Output> | undefined
  /** How many returns were explained at best, of how many. */
  readonly ordered: number
  readonly of: number
}

/** The first turn is the depth-first search's alone: most histories need no more. */
export type Strategy = 'race' | 'depth first' | 'just in time'

/**
 * Whether the operations of one object can be put in an order that the model accepts, in which each comes between its
 * invocation and its return. Two searches take turns: depth-first finds an order soon where there are many, and just
 * in time does not lose itself where an early choice was wrong.
 */
export class Search<Input = unknown, Output = unknown> {
  private readonly moves: Moves<Input, Output>
  private readonly strategy: Strategy
  private depthFirst: DepthFirst | undefined
  private justInTime: JustInTime | undefined
  private turns = 0

  constructor(operations: Operations<Input, Output>, strategy: Strategy = 'race') {
    this.moves = new Moves(new Problem(operations))
    this.strategy = strategy
  }

  /** Goes on until the budget is spent; the verdict is unknown where there is none yet. */
  run(budget: Budget): SearchResult<Input, Output> {
    const alone = this.strategy !== 'race' || this.turns++ === 0
    if (this.strategy !== 'just in time') {
      this.depthFirst ??= new DepthFirst(this.moves as Moves)
      const ending = this.turn(this.depthFirst, budget, alone)
      if (ending) return ending
    }
    if (this.strategy === 'just in time' || !alone) {
      this.justInTime ??= new JustInTime(this.moves as Moves)
      const ending = this.turn(this.justInTime, budget, true)
      if (ending) return ending
    }
    return { verdict: 'unknown', ...this.progress() }
  }

  /** Runs one of the two with all of the budget or with half. */
  private turn(racer: DepthFirst | JustInTime, budget: Budget, all: boolean): SearchResult<Input, Output> | undefined {
    const turn = { stepsLeft: all ? budget.stepsLeft : budget.stepsLeft >> 1 }
    budget.stepsLeft -= turn.stepsLeft
    const ending = racer.run(turn)
    budget.stepsLeft += turn.stepsLeft
    if (ending === undefined) return undefined
    if (ending === 'ok') return { verdict: 'ok', order: () => this.moves.follow(racer.way()).order, ...this.progress() }
    return { verdict: 'violated', blocked: this.moves.problem.entryAt(this.moves.furthest), ...this.progress() }
  }

  private progress() {
    return { ordered: this.moves.furthest, of: this.moves.problem.required }
  }
}

/**
 * A whole search at once.
 *
 * @param entries in the order of their invocation.
 */
export function search<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  calls: Calls<any, Input, Output>,
  budget: Budget,
  strategy: Strategy = 'depth first',
): SearchResult<Input, Output> {
  return new Search(new Operations(entries, calls), strategy).run(budget)
}
