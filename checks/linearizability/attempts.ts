import type { Calls } from './calls.ts'
import { DepthFirst } from './depth-first.ts'
import type { Entry } from './entry.ts'
import { Moves } from './moves.ts'
import type { Budget } from './moves.ts'
import { Operations } from './operations.ts'
import { Problem } from './problem.ts'

/** The beginning of an order that nothing could continue. */
export interface DeadEnd<Input = unknown, Output = unknown> {
  readonly order: readonly Entry<Input, Output>[]
  readonly state: unknown
}

export interface DeadEnds<Input = unknown, Output = unknown> {
  /** The longest first. */
  readonly ends: readonly DeadEnd<Input, Output>[]
  /** The first return that none of them got past. */
  readonly blocked: Entry<Input, Output> | undefined
}

const MOST = 4

/**
 * How far orders of a condemned history come: the longest, and a few others that end in other states, the longer first
 * and of the same length the one that was found first. Makes sense for few operations only.
 */
export function deadEndsOf<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  calls: Calls<any, Input, Output>,
  budget: Budget,
): DeadEnds<Input, Output> {
  const moves = new Moves(new Problem(new Operations(entries, calls)))
  const best: { readonly way: readonly number[]; readonly ordered: number; readonly state: number }[] = []
  new DepthFirst(moves as Moves, (way, ordered, state) => {
    const same = best.findIndex((other) => other.state === state)
    if (same >= 0 && best[same]!.ordered >= ordered) return
    if (same < 0 && best.length === MOST && best.at(-1)!.ordered >= ordered) return
    if (same >= 0 || best.length === MOST) best.splice(same, 1)
    best.push({ way: way(), ordered, state })
    best.sort((left, right) => right.ordered - left.ordered)
  }).run(budget)
  const { furthest, problem } = moves
  const blocked = furthest < problem.required ? problem.entryAt(furthest) : undefined
  return { ends: best.map(({ way }) => moves.follow(way)), blocked }
}
