import type { Random } from '../../sim/machine.ts'
import { draw, mixText, UNIT, within } from '../../sim/mix.ts'

/** A draw from at most so many alternatives is explored in full; from more, one stands for all. */
const MOST_ALTERNATIVES = 8

/**
 * What one handler draws, explored: it runs once for each way its draws can fall. The draws of a run follow a list of
 * decisions, and take the first alternative where the list ends; `next` moves on to the list of the next run.
 */
export class Choices {
  private decisions: number[] = []
  private alternatives: number[] = []
  private at = 0

  /** One of so many alternatives. */
  choose(count: number): number {
    const at = this.at++
    if (at === this.decisions.length) {
      this.decisions.push(0)
      this.alternatives.push(count)
    }
    return this.decisions[at]!
  }

  /** Gets ready for the next run; false where every run has been. */
  next(): boolean {
    this.at = 0
    while (this.decisions.length > 0) {
      const last = this.decisions.length - 1
      if (++this.decisions[last]! < this.alternatives[last]!) return true
      this.decisions.pop()
      this.alternatives.pop()
    }
    return false
  }
}

/**
 * A stream of random numbers for a handler whose draws are explored. A float, and an integer from a wide range, is not
 * explored: it is the same at the same place every time, and another at each draw of an incarnation (`drawn` counts
 * them), since such numbers are mostly there to be different.
 */
export function exploredRandom(choices: Choices, key: number, drawn: () => number): Random {
  const integer = (min: number, max: number): number => {
    const count = max - min + 1
    return count <= MOST_ALTERNATIVES ? min + choices.choose(Math.max(1, count)) : within(draw(key, drawn()), min, max)
  }
  return {
    float: () => draw(key, drawn()) * UNIT,
    integer,
    chance: (probability) => (probability <= 0 ? false : probability >= 1 ? true : choices.choose(2) === 1),
    pick: (items) => items[integer(0, items.length - 1)]!,
    named: (name) => exploredRandom(choices, mixText(key, name), drawn),
  }
}
