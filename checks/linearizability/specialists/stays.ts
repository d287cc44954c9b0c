import type { Entry } from '../entry.ts'
import type { Collection, CollectionView } from '../../model.ts'
import { NOBODY } from './reads-from.ts'
import { ValueNumbers } from './value-numbers.ts'

/** One value in a queue or stack: when it can have come, and when it can have gone. Operations are numbers of entries. */
export interface Stay {
  readonly inserted: number
  /** Who took it; NOBODY where it is not known that anybody did. */
  taken: number
  /**
   * The windows of its insertion and of its taking, in ranks of invocations and returns. Its insertion was over when its
   * taking was, and its taking began after its insertion did; the windows are cut accordingly.
   */
  readonly insertFrom: number
  readonly insertTo: number
  takeFrom: number
  takeTo: number
}

/** What happened to a queue or stack, from the view of its values. */
export interface Stays {
  /** In the order of the insertions' invocation. */
  readonly list: readonly Stay[]
  /** Of those, the ones of which it is not known that anybody took them, though their insertion returned. */
  readonly staying: readonly Stay[]
  /** Operations that returned and had found nothing. */
  readonly empties: readonly number[]
  /** Operations that crashed: each may have taken one value, or none. In the order of their invocation. */
  readonly crashedTakes: readonly number[]
  /** After the ranks of all invocations and returns. */
  readonly end: number
  /** True where values were left out, as it is not known which insertion of theirs was whose: an order proves nothing. */
  readonly isPartial: boolean
}

/** Operations that by themselves have no order. */
export interface Contradiction {
  readonly contradiction: readonly number[]
}

/**
 * Undefined where an operation has no view, or returned without an answer.
 *
 * An insertion that crashed and whose value nobody took counts as one that never took effect: out of an order with it,
 * the value can be taken away, and what is left of the collection is ordered as before.
 */
export function staysOf<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  { view }: Collection<Input, Output>,
): Stays | Contradiction | undefined {
  const views: CollectionView[] = []
  for (const { input, output } of entries) {
    const seen = view(input, output)
    if (seen === undefined) return undefined
    views.push(seen)
  }
  return new Sorting(entries, views).run()
}

const SEVERAL = -3

class Sorting {
  private readonly entries: readonly Entry[]
  private readonly views: readonly CollectionView[]
  private readonly numbers = new ValueNumbers()
  /** By the number of its value. */
  private readonly inserted: number[] = []
  private readonly taken: number[] = []
  private readonly empties: number[] = []
  private readonly crashedTakes: number[] = []

  constructor(entries: readonly Entry[], views: readonly CollectionView[]) {
    this.entries = entries
    this.views = views
  }

  run(): Stays | Contradiction | undefined {
    for (const [operation, seen] of this.views.entries()) {
      if (seen.does === 'insert' && !this.addInsertion(operation, seen.value)) return undefined
    }
    for (const [operation, seen] of this.views.entries()) {
      if (seen.does === 'insert') continue
      if (this.entries[operation]!.returned === Infinity) {
        if (seen.does !== 'take' || seen.value !== undefined) return undefined
        this.crashedTakes.push(operation)
      } else if (seen.does === 'find empty') {
        this.empties.push(operation)
      } else {
        if (seen.does !== 'take' || seen.value === undefined) return undefined
        const contradiction = this.addTaking(operation, seen.value)
        if (contradiction !== undefined) return { contradiction }
      }
    }
    return this.stays()
  }

  /** False for null and undefined, which as answers mean something else. */
  private addInsertion(operation: number, value: unknown): boolean {
    if (value === undefined || value === null) return false
    const number = this.numbers.numberOf(value)
    if (number < this.inserted.length) {
      this.inserted[number] = SEVERAL
    } else {
      this.inserted.push(operation)
      this.taken.push(NOBODY)
    }
    return true
  }

  private addTaking(operation: number, value: unknown): readonly number[] | undefined {
    const number = this.numbers.known(value)
    if (number === undefined) return [operation]
    const inserted = this.inserted[number]!
    const taken = this.taken[number]!
    this.taken[number] = operation
    if (inserted === SEVERAL) return undefined
    if (taken !== NOBODY) return [inserted, taken, operation]
    return this.entries[operation]!.returned < this.entries[inserted]!.invoked ? [operation, inserted] : undefined
  }

  private stays(): Stays {
    const { empties, crashedTakes } = this
    const end = this.entries.reduce((last, { invoked, returned }) => Math.max(last, invoked, finite(returned)), 0) + 1
    const list: Stay[] = []
    const staying: Stay[] = []
    let isPartial = false
    for (const [operation, seen] of this.views.entries()) {
      if (seen.does !== 'insert') continue
      const number = this.numbers.known(seen.value)!
      const taken = this.taken[number]!
      const stay = this.stayOf(operation, taken, end)
      if (taken !== NOBODY && this.inserted[number] === SEVERAL) {
        isPartial = true
      } else if (taken !== NOBODY || stay.insertTo !== Infinity) {
        list.push(stay)
        if (taken === NOBODY) staying.push(stay)
      }
    }
    return { list, staying, empties, crashedTakes, end, isPartial }
  }

  private stayOf(inserted: number, taken: number, end: number): Stay {
    const { invoked, returned } = this.entries[inserted]!
    const taking = taken === NOBODY ? { invoked: end, returned: Infinity } : this.entries[taken]!
    return {
      inserted,
      taken,
      insertFrom: invoked,
      insertTo: Math.min(returned, taking.returned),
      takeFrom: Math.max(invoked, taking.invoked),
      takeTo: taking.returned,
    }
  }
}

function finite(rank: number): number {
  return rank === Infinity ? 0 : rank
}
