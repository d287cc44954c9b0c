import { counted, finding, judgementOf } from './finding.ts'
import type { Finding } from './finding.ts'
import type { History } from '../history.ts'
import { identity } from './identity.ts'
import { asking } from './input.ts'
import { asProperty } from './judge.ts'
import type { Judgement, JudgeOptions } from './judge.ts'
import { entriesOf } from '../linearizability/entry.ts'
import type { Entry } from '../linearizability/entry.ts'
import { invocationTime, returnTime } from '../linearizability/sentences.ts'
import { inWords } from '../plain.ts'
import type { HistoryProperty } from '../property.ts'

/** Answers a number. Each key is judged apart. */
export interface MonotonicInput {
  readonly action: 'read'
  readonly key?: unknown
}

export interface MonotonicOptions extends JudgeOptions {
  /** Whose reads are compared: `everyone`'s, unless given, or only those of the same `process`. */
  readonly among?: 'everyone' | 'process'
}

const NAME = 'monotonic'

/** What is read never decreases: no read finds less than one that had returned when it was invoked. */
export function judgeMonotonic(history: History<any, any>, options: MonotonicOptions = {}): Judgement {
  const { name = NAME, among = 'everyone' } = options
  const reads = entriesOf(asking<MonotonicInput>(history, 'read')).filter(({ output }) => output !== undefined)
  const wrong = reads.filter(({ output }) => typeof output !== 'number')
  const back = decreases(
    reads.filter(({ output }) => typeof output === 'number'),
    among,
  )
  return judgementOf(
    name,
    reads.length,
    [noNumber(wrong), wentBack(back)],
    [
      { name: 'reads', value: reads.length },
      { name: 'went back', value: back.length },
    ],
  )
}

/** The history property that what is read never decreases. */
export function monotonic(options: MonotonicOptions = {}): HistoryProperty {
  return asProperty(NAME, judgeMonotonic, options, true)
}

type Decrease = readonly [earlier: Entry, later: Entry]

/** Each read that found less than one before it, with the one before it that had found most. */
function decreases(reads: readonly Entry<MonotonicInput, unknown>[], among: 'everyone' | 'process'): Decrease[] {
  const groups = new Map<unknown, Entry[]>()
  for (const read of reads) {
    const key = identity(among === 'process' ? [read.operation.process, read.input.key] : read.input.key)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [read])
    else group.push(read)
  }
  return [...groups.values()].flatMap(decreasesIn)
}

/** @param reads in the order of their invocation. */
function decreasesIn(reads: readonly Entry[]): Decrease[] {
  const byReturn = [...reads].sort((left, right) => left.returned - right.returned)
  const found: Decrease[] = []
  let next = 0
  let most: Entry | undefined
  for (const read of reads) {
    for (; byReturn[next] !== undefined && byReturn[next]!.returned < read.invoked; next++) {
      if (most === undefined || numberRead(byReturn[next]!) > numberRead(most)) most = byReturn[next]
    }
    if (most !== undefined && numberRead(most) > numberRead(read)) found.push([most, read])
  }
  return found
}

function numberRead({ output }: Entry): number {
  return output as number
}

function noNumber(reads: readonly Entry[]): Finding | undefined {
  const [read] = reads
  if (read === undefined) return undefined
  return finding([read.operation], () => ({
    shape: 'no number',
    summary: `${counted(reads.length, 'read')} answered something that is no number`,
    because: [`T1 read ${inWords(read.output)}, which is no number: a contradiction`],
  }))
}

function wentBack(decreased: readonly Decrease[]): Finding | undefined {
  const [first] = decreased
  if (first === undefined) return undefined
  const [earlier, later] = [first[0].operation, first[1].operation]
  return finding([earlier, later], (name) => ({
    shape: 'went back',
    summary: `${counted(decreased.length, 'read')} found less than one before`,
    because: [
      `${name(earlier)} read ${inWords(earlier.output)}, and returned at ${returnTime(earlier)}`,
      `However ${name(later)}, invoked at ${invocationTime(later)}, read ${inWords(later.output)}: a contradiction`,
    ],
  }))
}
