import { counted, finding, judgementOf } from './finding.ts'
import type { Finding } from './finding.ts'
import type { History } from '../history.ts'
import { asking, numberIn } from './input.ts'
import { asProperty } from './judge.ts'
import type { Judgement, JudgeOptions } from './judge.ts'
import { entriesOf } from '../linearizability/entry.ts'
import type { Entry } from '../linearizability/entry.ts'
import { inWords } from '../plain.ts'
import type { HistoryProperty } from '../property.ts'

export type CounterBoundsInput =
  /** `amount` may be negative. */
  | { readonly action: 'add'; readonly amount: number }
  /** Answers the count. */
  | { readonly action: 'read' }

const NAME = 'counter-bounds'

/**
 * A counter that begins at 0: each read must lie between the least and the most that it can have found. The least is
 * all that had been added for certain when the read was invoked, and all that may have been taken away by its return;
 * the most is the other way round. What failed counts for nothing; what nobody knows about may have taken effect. The
 * bounds are those of the `counter` checker of Jepsen. They are linear to find, where to search for an order is not.
 */
export function judgeCounterBounds(history: History<any, any>, { name = NAME }: JudgeOptions = {}): Judgement {
  const entries = entriesOf(asking<CounterBoundsInput>(history, 'add', 'read'))
  const bounded = boundsOfReads(entries)
  const outside = (isOutside: (read: BoundedRead) => boolean) => bounded.filter(isOutside)
  const wrong = outside(({ found }) => typeof found !== 'number')
  const low = outside(({ found, least }) => typeof found === 'number' && found < least)
  const high = outside(({ found, most }) => typeof found === 'number' && found > most)
  const findings = [
    wrong.length === 0 ? undefined : noNumber(wrong),
    low.length === 0 ? undefined : tooLow(low),
    high.length === 0 ? undefined : tooHigh(high),
  ]
  return judgementOf(name, entries.length, findings, [
    { name: 'reads', value: bounded.length },
    { name: 'out of bounds', value: wrong.length + low.length + high.length },
  ])
}

/** The history property that every read of a counter lies within its bounds. */
export function counterBounds(options: JudgeOptions = {}): HistoryProperty {
  return asProperty(NAME, judgeCounterBounds, options, true)
}

interface BoundedRead {
  readonly read: Entry
  readonly found: unknown
  readonly least: number
  readonly most: number
}

/** Walks over all invocations and returns in their order. */
function boundsOfReads(entries: readonly Entry<CounterBoundsInput, unknown>[]): BoundedRead[] {
  const ends = new Array<Entry<CounterBoundsInput, unknown> | undefined>(2 * entries.length)
  for (const entry of entries) {
    ends[entry.invoked] = entry
    if (entry.returned !== Infinity) ends[entry.returned] = entry
  }
  const bounded: BoundedRead[] = []
  const leastAtInvocation = new Map<Entry, readonly [least: number, most: number]>()
  const certain = { added: 0, takenAway: 0 }
  const possible = { added: 0, takenAway: 0 }
  for (const [rank, entry] of ends.entries()) {
    if (entry === undefined) continue
    const isInvocation = entry.invoked === rank
    if (entry.input.action === 'add') {
      const amount = numberIn(entry.operation, 'amount')
      const sum = isInvocation ? possible : certain
      if (amount > 0) sum.added += amount
      else sum.takenAway -= amount
    } else if (isInvocation) {
      leastAtInvocation.set(entry, [certain.added, certain.takenAway])
    } else {
      const [added, takenAway] = leastAtInvocation.get(entry)!
      const least = added - possible.takenAway
      const most = possible.added - takenAway
      bounded.push({ read: entry, found: entry.output, least, most })
    }
  }
  return bounded
}

function noNumber(reads: readonly BoundedRead[]): Finding {
  const { read, found } = reads[0]!
  return finding([read.operation], () => ({
    shape: 'no number',
    summary: `${counted(reads.length, 'read')} of the counter answered something that is no number`,
    because: [`T1 read ${inWords(found)}, which is no count: a contradiction`],
  }))
}

function tooLow(reads: readonly BoundedRead[]): Finding {
  const { read, found, least, most } = reads[0]!
  return finding([read.operation], () => ({
    shape: 'count too low',
    summary: summaryOf(reads, 'below what had been added for certain'),
    because: [
      `What had been added for certain when T1 was invoked, less what may have been taken away, makes ${least}`,
      `However T1 read ${inWords(found)}, and not ${range(least, most)}: a contradiction`,
    ],
  }))
}

function tooHigh(reads: readonly BoundedRead[]): Finding {
  const { read, found, least, most } = reads[0]!
  return finding([read.operation], () => ({
    shape: 'count too high',
    summary: summaryOf(reads, 'above all that can have been added'),
    because: [
      `What may have been added when T1 returned, less what had been taken away for certain, makes ${most}`,
      `However T1 read ${inWords(found)}, and not ${range(least, most)}: a contradiction`,
    ],
  }))
}

function summaryOf(reads: readonly BoundedRead[], where: string): string {
  return `${counted(reads.length, 'read')} of the counter ${reads.length === 1 ? 'is' : 'are'} ${where}`
}

function range(least: number, most: number): string {
  return least === most ? `${least}` : `${least} to ${most}`
}
