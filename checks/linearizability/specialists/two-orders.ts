import { numbersBy } from '../sorting.ts'

/** Two windows of time of one thing, such as the insertion and the taking of a value; from first to last moment. */
export interface Windows {
  readonly insertFrom: number
  readonly insertTo: number
  readonly takeFrom: number
  readonly takeTo: number
}

/**
 * Things in an order that both windows allow: where one's window ends before another's begins, it comes first. There is
 * one unless two things contradict each other: by one window the first comes before the second, by the other after it.
 * For let there be a circle, each before the next by one of its windows, as short as can be and longer than two. No
 * window counts twice in a row, as the two steps would be one. So somewhere w comes before x by insertion, x before y
 * by taking, and y before z by insertion. If w's insertion ends no later than y's, w comes before z, and the circle was
 * not the shortest. Otherwise y's ends before w's, thus before x's begins, and x and y contradict each other.
 *
 * The first of what is left is one that no other precedes: both windows begin before any other ends. Everything that is
 * ready is found by going through the windows' beginnings once, so that the time is that of sorting.
 *
 * @returns numbers of things. Moments are whole numbers or halves.
 */
export function inBothOrders(things: readonly Windows[]): Int32Array {
  const count = things.length
  const insertions = new Frontier(count, (thing) => [things[thing]!.insertFrom, things[thing]!.insertTo])
  const takings = new Frontier(count, (thing) => [things[thing]!.takeFrom, things[thing]!.takeTo])
  const order = new Int32Array(count)
  const isFree = new Uint8Array(count)
  let found = 0
  const free = (thing: number) => {
    const isSecond = isFree[thing] === 1
    if (isSecond) order[found++] = thing
    isFree[thing] = 1
  }
  insertions.advance(free)
  takings.advance(free)
  for (let placed = 0; placed < found; placed++) {
    insertions.remove(order[placed]!)
    takings.remove(order[placed]!)
    insertions.advance(free)
    takings.advance(free)
  }
  return order
}

/** What begins before anything that is left ends. */
class Frontier {
  private readonly from: (thing: number) => number
  private readonly to: (thing: number) => number
  private readonly byBeginning: Int32Array
  private readonly byEnd: Int32Array
  private readonly isRemoved: Uint8Array
  private begun = 0
  private ended = 0

  constructor(count: number, window: (thing: number) => readonly [from: number, to: number]) {
    this.from = (thing) => 2 * window(thing)[0]
    this.to = (thing) => 2 * window(thing)[1]
    this.byBeginning = numbersBy(count, this.from)
    this.byEnd = numbersBy(count, this.to)
    this.isRemoved = new Uint8Array(count)
  }

  remove(thing: number): void {
    this.isRemoved[thing] = 1
  }

  advance(free: (thing: number) => void): void {
    const { byBeginning, byEnd, isRemoved } = this
    while (this.ended < byEnd.length && isRemoved[byEnd[this.ended]!] === 1) this.ended += 1
    if (this.ended === byEnd.length) return
    const end = this.to(byEnd[this.ended]!)
    while (this.begun < byBeginning.length && this.from(byBeginning[this.begun]!) <= end) {
      free(byBeginning[this.begun++]!)
    }
  }
}
