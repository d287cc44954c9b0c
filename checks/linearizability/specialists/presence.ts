import { sortedBy } from '../sorting.ts'
import type { Stay } from './stays.ts'

/**
 * When something certainly is in the collection, whatever the order: each value from the return of its insertion to the
 * invocation of its taking. Moments are halfway between the ranks of invocations and returns, of which no two are equal.
 */
export class Presence {
  /** Values that certainly are in it for some time, by when that begins. */
  private readonly sure: readonly Stay[]
  /** When spans without a gap begin and end, in order. */
  private readonly begins: number[] = []
  private readonly ends: number[] = []

  constructor(stays: readonly Stay[]) {
    this.sure = sortedBy(
      stays.filter(({ insertTo, takeFrom }) => insertTo < takeFrom),
      ({ insertTo }) => insertTo,
    )
    for (const { insertTo, takeFrom } of this.sure) {
      const last = this.ends.length - 1
      if (last >= 0 && insertTo < this.ends[last]!) {
        this.ends[last] = Math.max(this.ends[last]!, takeFrom)
      } else {
        this.begins.push(insertTo)
        this.ends.push(takeFrom)
      }
    }
  }

  /** The first moment between two ranks at which nothing needs to be there; undefined where there is none. */
  gapBetween(from: number, to: number): number | undefined {
    let [low, high] = [0, this.ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.ends[middle]! < from) low = middle + 1
      else high = middle
    }
    const isCovered = low < this.begins.length && this.begins[low]! <= from
    const moment = (isCovered ? this.ends[low]! : from) + 0.5
    return moment < to ? moment : undefined
  }

  /** The fewest values of which at each moment between two ranks, without a gap, one is certainly there. */
  chainBetween(from: number, to: number): Stay[] {
    const chain: Stay[] = []
    let next = 0
    for (let reached = from; reached < to;) {
      let best: Stay | undefined
      for (; next < this.sure.length && this.sure[next]!.insertTo <= reached; next++) {
        if (best === undefined || this.sure[next]!.takeFrom > best.takeFrom) best = this.sure[next]!
      }
      if (best === undefined) break
      chain.push(best)
      reached = best.takeFrom
    }
    return chain
  }
}
