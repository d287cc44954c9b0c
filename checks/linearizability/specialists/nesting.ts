import { Presence } from './presence.ts'
import { Coverage, Minima } from './range-trees.ts'
import { numbersBy } from '../sorting.ts'
import type { Stay } from './stays.ts'

/** Something done to a stack, at a moment halfway between two ranks. */
export interface Move {
  readonly stay: Stay
  readonly does: 'insert' | 'take'
  readonly moment: number
}

export interface Nest {
  /** In their order; worth nothing where there is something without a root. */
  readonly moves: readonly Move[]
  /** Values that together are in the stack without a pause, while none of them can be below all others. */
  readonly rootless: readonly (readonly Stay[])[]
}

/**
 * Insertions and takings of values, each within its window, last in, first out; and the stack is empty at each moment at
 * which no value is certainly in it.
 *
 * @param sure values that certainly are in the stack for some time: from the end of the insertion's window to the
 * beginning of the taking's. Values that need not be can come and go at one moment, whatever else is in the stack.
 *
 * Where no value is certainly there, the stack can be emptied: of an order in which it is not, let those values go then
 * that must be gone later, and let those come then that came earlier than they must; both in the order of the stack.
 * So stretches in which always some value is certainly there can be looked at one by one. Within a stretch the stack is
 * never empty, so one value, the root, comes first and goes last: it can come before any other must have come, that is
 * before the stretch begins, and can go after it ends. Any value that can will do: in an order with another root, no
 * value must have come before the stretch begins, and so all that come before can come at that moment, in the same
 * order; all that go after its end can go at that moment; and then the root's time can be widened beyond all others'.
 * Below the root, what is left falls into stretches again.
 *
 * Linearizability of stacks by values that can be taken away: U. Mathur and Z. Lee, "Efficient decrease-and-conquer
 * linearizability monitoring", 2025; the choice of the value, and the stretches, are of our own making.
 */
export function nest(sure: readonly Stay[], yielding: ReadonlySet<Stay>): Nest {
  return new Nesting(sure, yielding).run()
}

/** A range of gaps between places, of which some may be bare. */
interface Range {
  readonly from: number
  readonly to: number
}

class Nesting implements Nest {
  private readonly sure: readonly Stay[]
  private readonly yielding: ReadonlySet<Stay>
  /** Ends of insertions' windows and beginnings of takings', in order: the places. Who it is of, and which it is. */
  private readonly ofPlace: Int32Array
  private readonly beginOf: Int32Array
  private readonly endOf: Int32Array
  /** The gap after each place: how many values that are left are certainly there. */
  private readonly coverage: Coverage
  /** At the place where a value begins: when it can come, until that is before the beginning of its stretch … */
  private readonly early: Minima
  /** … then when it must be gone at last, negative, until that is after the end of its stretch … */
  private readonly late: Minima
  /** … and then 0: it can be the root. Stretches only become smaller, so it can from then on. */
  private readonly roots: Minima
  readonly moves: Move[] = []
  readonly rootless: (readonly Stay[])[] = []

  constructor(sure: readonly Stay[], yielding: ReadonlySet<Stay>) {
    const count = sure.length
    this.yielding = yielding
    this.sure = sure
    this.ofPlace = numbersBy(2 * count, (end) => (end < count ? sure[end]!.insertTo : sure[end - count]!.takeFrom))
    this.beginOf = new Int32Array(count)
    this.endOf = new Int32Array(count)
    this.ofPlace.forEach((end, place) => {
      if (end < count) this.beginOf[end] = place
      else this.endOf[end - count] = place
    })
    this.coverage = new Coverage(2 * count)
    this.early = new Minima(2 * count)
    this.late = new Minima(2 * count)
    this.roots = new Minima(2 * count)
    sure.forEach(({ insertFrom }, value) => {
      this.coverage.cover(this.beginOf[value]!, this.endOf[value]!, 1)
      this.early.set(this.beginOf[value]!, insertFrom)
    })
  }

  run(): Nest {
    const toDo: (Range | Move)[] = [{ from: 0, to: Math.max(0, this.ofPlace.length - 1) }]
    while (toDo.length > 0) {
      const next = toDo.pop()!
      if ('does' in next) {
        this.moves.push(next)
        continue
      }
      const bare = this.coverage.firstBare(next.from, next.to)
      if (bare !== -1) {
        toDo.push({ from: bare + 1, to: next.to })
        if (bare > next.from) toDo.push({ from: next.from, to: bare })
      } else if (next.from < next.to) {
        const root = this.takeRoot(next)
        if (root === undefined) {
          if (this.takeYielding(next)) toDo.push(next)
          continue
        }
        const stay = this.sure[root]!
        toDo.push({ stay, does: 'take', moment: this.rankAt(next.to) + 0.5 }, next)
        toDo.push({ stay, does: 'insert', moment: this.rankAt(next.from) - 0.5 })
      }
    }
    return this
  }

  /** A value of the stretch that can be below all others, taken out of all that is left; undefined where there is none. */
  private takeRoot({ from, to }: Range): number | undefined {
    const [begin, end] = [this.rankAt(from), this.rankAt(to)]
    for (let place = this.early.firstBelow(begin, from, to); place !== -1;) {
      this.early.set(place, Infinity)
      this.late.set(place, -this.sure[this.ofPlace[place]!]!.takeTo)
      place = this.early.firstBelow(begin, place, to)
    }
    for (let place = this.late.firstBelow(-end, from, to); place !== -1;) {
      this.late.set(place, Infinity)
      this.roots.set(place, 0)
      place = this.late.firstBelow(-end, place, to)
    }
    const place = this.roots.firstBelow(1, from, to)
    if (place === -1) return undefined
    this.takeAway(place)
    return this.ofPlace[place]!
  }

  /** Notes a conflict, and goes on as if the value that may yield were not there; false where there is no such value. */
  private takeYielding(stretch: Range): boolean {
    const chain = this.chain(stretch)
    this.rootless.push(chain)
    const yielding = chain.find((stay) => this.yielding.has(stay))
    if (yielding === undefined) return false
    for (let place = stretch.from; place < stretch.to; place++) {
      const value = this.ofPlace[place]!
      if (value < this.sure.length && this.sure[value] === yielding) this.takeAway(place)
    }
    return true
  }

  private takeAway(place: number): void {
    this.early.set(place, Infinity)
    this.late.set(place, Infinity)
    this.roots.set(place, Infinity)
    this.coverage.cover(place, this.endOf[this.ofPlace[place]!]!, -1)
  }

  /** The fewest values of a stretch that leave no gap in it. Each of them is no root of the stretch, nor of theirs. */
  private chain({ from, to }: Range): readonly Stay[] {
    const left: Stay[] = []
    for (let place = from; place < to; place++) {
      const value = this.ofPlace[place]!
      const isLeft = value < this.sure.length && (this.early.at(place) < Infinity || this.late.at(place) < Infinity)
      if (isLeft) left.push(this.sure[value]!)
    }
    return new Presence(left).chainBetween(this.rankAt(from), this.rankAt(to))
  }

  private rankAt(place: number): number {
    const end = this.ofPlace[place]!
    return end < this.sure.length ? this.sure[end]!.insertTo : this.sure[end - this.sure.length]!.takeFrom
  }
}
