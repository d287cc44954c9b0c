import { counted, finding, judgementOf, listed } from './finding.ts'
import type { Finding } from './finding.ts'
import { hasAnswer } from '../history.ts'
import type { History, Operation } from '../history.ts'
import { identity } from './identity.ts'
import { valuesOf } from '../history.ts'
import { asking } from './input.ts'
import { asProperty } from './judge.ts'
import type { Judgement, JudgeOptions } from './judge.ts'
import { returnTime } from '../linearizability/sentences.ts'
import { inWords } from '../plain.ts'
import type { HistoryProperty } from '../property.ts'

export type TotalQueueInput =
  | { readonly action: 'enqueue'; readonly value: unknown }
  /** Answers a value; null, or a failure, where the queue was empty. */
  | { readonly action: 'dequeue' }
  /** Takes all that is left: answers an array. */
  | { readonly action: 'drain' }

export interface TotalQueueOptions extends JudgeOptions {
  /** False where a value may not come out more often than it was put in. */
  readonly allowDuplicates?: boolean
}

const NAME = 'total-queue'

/**
 * What goes in must come out, in any order: the history must end with the queue drained. A value is lost that was
 * enqueued for certain and never came out, unless a dequeue that nobody knows the answer of may have taken it. What
 * came out and was never put in is unexpected; what came out more often than it was put in is doubled; what came out
 * although nobody knew that it was in is recovered, which is no breach. The terms are those of the `total-queue`
 * checker of Jepsen, which, however, takes a dequeue without an answer for one that took nothing.
 */
export function judgeTotalQueue(history: History<any, any>, options: TotalQueueOptions = {}): Judgement {
  const { name = NAME, allowDuplicates = true } = options
  const concerned = asking<TotalQueueInput>(history, 'enqueue', 'dequeue', 'drain')
  const values = tally(concerned)
  const missing = values.filter(({ certain, taken }) => certain > taken.length)
  const lostCount = sum(missing, ({ certain, taken }) => certain - taken.length)
  const hidden = concerned.filter(({ input, outcome }) => input.action !== 'enqueue' && outcome === 'info')
  const mayHaveTaken = hidden.some(({ input }) => input.action === 'drain') ? Infinity : hidden.length
  const unexpected = values.filter(({ put, taken }) => put.length === 0 && taken.length > 0)
  const doubled = values.filter(({ put, taken }) => put.length > 0 && taken.length > put.length)
  const findings = [
    unexpectedValues(unexpected),
    lostCount > mayHaveTaken ? lostValues(missing, lostCount, mayHaveTaken) : undefined,
    allowDuplicates ? undefined : doubledValues(doubled),
  ]
  return judgementOf(name, history.length, findings, [
    { name: 'attempted', value: sum(values, ({ put }) => put.length) },
    { name: 'acknowledged', value: sum(values, ({ certain }) => certain) },
    { name: 'dequeued', value: sum(values, ({ taken }) => taken.length) },
    { name: 'lost', value: lostCount },
    { name: 'unexpected', value: sum(unexpected, ({ taken }) => taken.length) },
    { name: 'doubled', value: sum(doubled, ({ put, taken }) => taken.length - put.length) },
    {
      name: 'recovered',
      value: sum(values, ({ certain, put, taken }) => Math.max(0, Math.min(taken.length, put.length) - certain)),
    },
  ])
}

/** The history property that all that was enqueued comes out of the queue. */
export function totalQueue(options: TotalQueueOptions = {}): HistoryProperty {
  return asProperty(NAME, judgeTotalQueue, options, false)
}

interface Tally {
  readonly value: unknown
  /** Enqueues that may have taken effect. */
  readonly put: Operation[]
  /** How many of them did for certain. */
  certain: number
  /** Dequeues and drains it came out of, one of these more than once where it came out of it so often. */
  readonly taken: Operation[]
  /** Enqueues that failed. */
  readonly failed: Operation[]
}

function tally(operations: readonly Operation<TotalQueueInput>[]): readonly Tally[] {
  const tallies = new Map<unknown, Tally>()
  const of = (value: unknown): Tally => {
    const key = identity(value)
    const known = tallies.get(key)
    if (known !== undefined) return known
    const fresh: Tally = { value, put: [], certain: 0, taken: [], failed: [] }
    tallies.set(key, fresh)
    return fresh
  }
  for (const operation of operations) {
    const { input, outcome } = operation
    if (input.action === 'enqueue') {
      const { put, failed } = of(input.value)
      if (outcome === 'fail') failed.push(operation)
      else put.push(operation)
      if (outcome === 'ok') of(input.value).certain += 1
    } else {
      for (const value of takenBy(operation)) of(value).taken.push(operation)
    }
  }
  return [...tallies.values()]
}

function takenBy(operation: Operation<TotalQueueInput>): readonly unknown[] {
  const { input, output } = operation
  if (!hasAnswer(operation) || output === undefined || output === null) return []
  return input.action === 'drain' ? (valuesOf(output) ?? [output]) : [output]
}

function sum(values: readonly Tally[], count: (value: Tally) => number): number {
  return values.reduce((total, value) => total + count(value), 0)
}

function unexpectedValues(values: readonly Tally[]): Finding | undefined {
  const [first] = values
  if (first === undefined) return undefined
  const [took, failed] = [first.taken[0]!, first.failed[0]]
  const words = inWords(first.value)
  return finding(failed === undefined ? [took] : [failed, took], (name) => ({
    shape: failed === undefined ? 'value nobody enqueued' : 'value of a failed enqueue',
    summary: `${counted(values.length, 'value')} came out that nobody had put in: ${listed(values.map(({ value }) => value))}`,
    because:
      failed === undefined
        ? [`${name(took)} took ${words}, which nobody enqueued: a contradiction`]
        : [`${name(failed)} failed to enqueue ${words}`, `However ${name(took)} took ${words}: a contradiction`],
  }))
}

function lostValues(values: readonly Tally[], lostCount: number, mayHaveTaken: number): Finding {
  const [first] = values
  const put = first!.put.find(({ outcome }) => outcome === 'ok')!
  const excuse =
    mayHaveTaken === 0
      ? []
      : [`${counted(mayHaveTaken, 'dequeue')} ended without an answer and may have taken a value each`]
  const words = inWords(first!.value)
  return finding([put], (name) => ({
    shape: 'lost value',
    summary: `${counted(lostCount, 'value')} never came out: ${listed(values.map(({ value }) => value))}`,
    because: [
      `${name(put)} enqueued ${words}, and returned at ${returnTime(put)}`,
      ...excuse,
      mayHaveTaken === 0
        ? `However no dequeue took ${words}: a contradiction`
        : `However ${lostCount} are missing, ${words} among them: a contradiction`,
    ],
  }))
}

function doubledValues(values: readonly Tally[]): Finding | undefined {
  const [first] = values
  if (first === undefined) return undefined
  const { put, taken, value } = first
  const words = inWords(value)
  return finding([...put, ...taken], (name) => ({
    shape: 'value came out twice',
    summary: `${counted(values.length, 'value')} came out more often than put in: ${listed(values.map((one) => one.value))}`,
    because: [
      `${put.map(name).join(' and ')} enqueued ${words}: no more than ${counted(put.length, 'time')}`,
      `However ${[...new Set(taken.map(name))].join(' and ')} took it ${counted(taken.length, 'time')}: a contradiction`,
    ],
  }))
}
