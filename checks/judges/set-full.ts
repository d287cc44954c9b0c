import { valuesOf } from '../history.ts'
import { asking } from './input.ts'
import { judgementOf } from './finding.ts'
import type { History } from '../history.ts'
import { follow, isLost, isStable, isStale } from './elements.ts'
import type { Element, SetFullInput } from './elements.ts'
import { asProperty } from './judge.ts'
import type { Figure, Judgement, JudgeOptions } from './judge.ts'
import { entriesOf } from '../linearizability/entry.ts'
import type { Entry } from '../linearizability/entry.ts'
import type { HistoryProperty } from '../property.ts'
import { doubled, lost, misread, stale, uncalledFor } from './set-full-words.ts'

export interface SetFullOptions extends JudgeOptions {
  /** True where a read must see all that had been known to be in the set when it was invoked. */
  readonly fresh?: boolean
}

const NAME = 'set-full'

/**
 * Values are added, each once, and whole sets read. A value that is known to be in the set must stay in it: where the
 * last reads don't have it, it is lost. One that a later read missed, but the last have, was stale, which is a breach
 * only with `fresh`. Of values that were never read and not missed, nothing is known. The terms are those of the
 * `set-full` checker of Jepsen; beyond it, a value that nobody added, or read before it was added, is a breach too.
 *
 * @returns beside the verdict how many values were added, stable, stale, lost and never read, and how long after they
 * were known the stale ones were missed for the last time. `unknown` where values were added and none ever read.
 */
export function judgeSetFull(history: History<any, any>, options: SetFullOptions = {}): Judgement {
  const { name = NAME, fresh = false } = options
  const concerned = asking<SetFullInput>(history, 'add', 'read')
  const entries = entriesOf(concerned)
  const reads = entries.filter(({ input, output }) => input.action === 'read' && output !== undefined)
  const isReadable = ({ output }: Entry): boolean => valuesOf(output) !== undefined
  const { elements, twice, steps } = follow(entries, reads.filter(isReadable))
  const all = [...elements.values()]
  const added = all.filter(({ add }) => add !== undefined)
  const lostOnes = added.filter(isLost)
  const staleOnes = added.filter(isStale)
  const strange = all.filter(({ add, known }) => add === undefined || (known?.returned ?? Infinity) < add.invoked)
  const findings = [
    misread(reads.filter((read) => !isReadable(read))),
    uncalledFor(strange, concerned),
    doubled(twice),
    lost(lostOnes),
    fresh ? stale(staleOnes) : undefined,
  ]
  const figures: Figure[] = [
    { name: 'attempted', value: added.length },
    { name: 'acknowledged', value: added.filter(({ add }) => add!.returned !== Infinity).length },
    { name: 'stable', value: added.filter(isStable).length },
    { name: 'stale', value: staleOnes.length },
    { name: 'lost', value: lostOnes.length },
    { name: 'never read', value: added.filter((element) => !isStable(element) && !isLost(element)).length },
    { name: 'doubled', value: twice.size },
    ...latencies(added.filter(isStable)),
  ]
  const judgement = judgementOf(name, steps, findings, figures)
  if (judgement.verdict !== 'ok' || reads.length > 0 || added.length === 0) return judgement
  return { verdict: 'unknown', steps, reason: `${name}: values were added, and no read of the set came back`, figures }
}

/** The history property that no value of a set that was known to be in it is ever lost. */
export function setFull(options: SetFullOptions = {}): HistoryProperty {
  return asProperty(NAME, judgeSetFull, options, false)
}

/** How long after it was known each was missed for the last time, 0 where never: the median and what is above it. */
function latencies(stable: readonly Element[]): Figure[] {
  if (stable.length === 0) return []
  const sorted = stable
    .map((element) =>
      isStale(element) ? element.lastAbsent!.operation.invokedAtMs - element.known!.operation.returnedAtMs : 0,
    )
    .sort((left, right) => left - right)
  const at = (percent: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]!
  return [
    { name: 'stable latency, median', value: at(50), unit: 'ms' },
    { name: 'stable latency, 95 %', value: at(95), unit: 'ms' },
    { name: 'stable latency, 99 %', value: at(99), unit: 'ms' },
    { name: 'stable latency, longest', value: sorted.at(-1)!, unit: 'ms' },
  ]
}
