import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { History, Operation } from '../../../checks/history.ts'
import { judgeCounterBounds } from '../../../checks/judges/counter.ts'
import { DeliveryJudge, judgeExactlyOnce } from '../../../checks/judges/exactly-once.ts'
import { judgeMonotonic } from '../../../checks/judges/monotonic.ts'
import { judgeMutex } from '../../../checks/judges/mutex.ts'
import { judgeSetFull } from '../../../checks/judges/set-full.ts'
import { judgeTotalQueue } from '../../../checks/judges/total-queue.ts'
import { entriesOf } from '../../../checks/linearizability/entry.ts'
import { lock } from '../../../checks/models/lock.ts'
import { hasOrder } from '../support/brute-force.ts'
import { figureIn, shapesIn } from '../support/judgements.ts'

/** Each judge against its definition, written down as plainly as it can be: every pair, every read, every order. */

interface Asked {
  readonly input: { readonly action: string; readonly [field: string]: unknown }
  readonly output: unknown
}

type Judged = Operation<Asked['input'], unknown>

/** A few processes, one operation after the other in each; after one without an answer, a process is another. */
function histories(asked: fc.Arbitrary<Asked>, maxLength = 8): fc.Arbitrary<readonly Judged[]> {
  const drawn = fc.record({
    asked,
    process: fc.nat(2),
    waitMs: fc.nat(4),
    lastsMs: fc.nat(6),
    fate: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'info', 'fail'),
  })
  return fc.array(drawn, { minLength: 1, maxLength }).map((calls) => {
    const freeAtMs = [0, 0, 0]
    const names = ['a', 'b', 'c']
    return calls
      .map(({ asked: { input, output }, process, waitMs, lastsMs, fate }, id): Judged => {
        const invokedAtMs = freeAtMs[process]! + 10 * waitMs + process + 1
        const returnedAtMs = invokedAtMs + 10 * lastsMs + 3
        freeAtMs[process] = returnedAtMs
        const started = { id, process: names[process]!, input, invokedAtMs }
        if (fate === 'info') names[process] += "'"
        if (fate === 'ok') return { ...started, output, returnedAtMs, outcome: 'ok' }
        return { ...started, returnedAtMs: fate === 'info' ? Infinity : returnedAtMs, outcome: fate as 'info' | 'fail' }
      })
      .sort((left, right) => left.invokedAtMs - right.invokedAtMs)
  })
}

const isOk = ({ outcome }: Operation): boolean => outcome === 'ok'
const mayHaveBeen = ({ outcome }: Operation): boolean => outcome !== 'fail'
const asks = (history: readonly Judged[], action: string): readonly Judged[] =>
  history.filter(({ input }) => input.action === action)

function expectAgreement(
  asked: fc.Arbitrary<Asked>,
  judge: (history: History) => { readonly verdict: string },
  isGood: (history: readonly Judged[]) => boolean,
  numRuns = 600,
): void {
  const seen = new Set<string>()
  fc.assert(
    fc.property(histories(asked), (history) => {
      const { verdict } = judge(history)
      seen.add(verdict)
      expect(verdict).toBe(isGood(history) ? 'ok' : 'violated')
    }),
    { seed: 1, numRuns },
  )
  expect([...seen].sort()).toEqual(['ok', 'violated'])
}

const values = fc.integer({ min: 1, max: 3 })

test('a counter is within the sums of what was added for certain and of what may have been', () => {
  const asked = fc.oneof(
    fc.integer({ min: -1, max: 2 }).map((amount): Asked => ({ input: { action: 'add', amount }, output: null })),
    fc.integer({ min: -1, max: 4 }).map((output): Asked => ({ input: { action: 'read' }, output })),
  )
  expectAgreement(asked, judgeCounterBounds, (history) =>
    asks(history, 'read')
      .filter(isOk)
      .every((read) => {
        const sum = (isCounted: (add: Judged, amount: number) => boolean): number =>
          asks(history, 'add').reduce((total, add) => {
            const amount = add.input['amount'] as number
            return isCounted(add, amount) ? total + amount : total
          }, 0)
        const isCertain = (add: Judged): boolean => isOk(add) && add.returnedAtMs < read.invokedAtMs
        const isPossible = (add: Judged): boolean => mayHaveBeen(add) && add.invokedAtMs <= read.returnedAtMs
        const least = sum((add, amount) => (amount > 0 ? isCertain(add) : isPossible(add)))
        const most = sum((add, amount) => (amount > 0 ? isPossible(add) : isCertain(add)))
        return least <= (read.output as number) && (read.output as number) <= most
      }),
  )
})

test('a value is lost that was known, and is in no read that was invoked after one without it', () => {
  const asked = fc.oneof(
    values.map((value): Asked => ({ input: { action: 'add', value }, output: null })),
    fc.subarray([1, 2, 3]).map((output): Asked => ({ input: { action: 'read' }, output })),
  )
  expectAgreement(
    asked,
    (history) => {
      const judgement = judgeSetFull(history)
      return judgement.verdict === 'unknown' ? { verdict: 'ok' } : judgement
    },
    (history) =>
      [1, 2, 3].every((value) => {
        const adds = asks(history, 'add').filter((add) => mayHaveBeen(add) && add.input['value'] === value)
        const reads = asks(history, 'read').filter(isOk)
        const has = (read: Judged): boolean => (read.output as number[]).includes(value)
        const seen = reads.filter(has)
        if (adds.length === 0) return seen.length === 0
        const added = Math.min(...adds.map(({ invokedAtMs }) => invokedAtMs))
        if (seen.some(({ returnedAtMs }) => returnedAtMs < added)) return false
        const known = Math.min(...[...adds.filter(isOk), ...seen].map(({ returnedAtMs }) => returnedAtMs))
        const missed = reads.filter((read) => !has(read) && read.invokedAtMs > known)
        return missed.every((miss) => seen.some((read) => history.indexOf(read) > history.indexOf(miss)))
      }),
  )
})

test('a lock is held by one at a time where a lock can be that takes one operation after the other', () => {
  const asked = fc.constantFrom('acquire', 'release').map((action): Asked => ({ input: { action }, output: null }))
  expectAgreement(asked, judgeMutex, (history) =>
    hasOrder(
      entriesOf(
        history.map((operation) => ({ ...operation, input: { ...operation.input, owner: operation.process } })),
      ),
      lock,
    ),
  )
})

test('tokens rise with every grant, and resources refuse those below what they have seen', () => {
  const asked = fc.oneof(
    values.map((token): Asked => ({ input: { action: 'acquire' }, output: { token, leaseMs: 0 } })),
    values.map((token): Asked => ({ input: { action: 'write', token }, output: null })),
  )
  expectAgreement(asked, judgeMutex, (history) => {
    const grants = asks(history, 'acquire').filter(isOk)
    const accepted = asks(history, 'write').filter(isOk)
    const tokenOf = ({ output }: Judged): number => (output as { readonly token: number }).token
    const isBefore = (left: Judged, right: Judged): boolean => left.returnedAtMs < right.invokedAtMs
    const isKnown = ({ input }: Judged): boolean => grants.some((grant) => tokenOf(grant) === input['token'])
    return (
      grants.every((left) => grants.every((right) => left === right || tokenOf(left) !== tokenOf(right))) &&
      grants.every((left) => grants.every((right) => !isBefore(left, right) || tokenOf(left) < tokenOf(right))) &&
      accepted.every((left) =>
        accepted.every(
          (right) => !isBefore(left, right) || (left.input['token'] as number) <= (right.input['token'] as number),
        ),
      ) &&
      (grants.length === 0 ||
        asks(history, 'acquire').some(({ outcome }) => outcome === 'info') ||
        accepted.every(isKnown))
    )
  })
})

test('a queue gives out what was put in, as often as it was, but for what may have been taken unseen', () => {
  const asked = fc.oneof(
    values.map((value): Asked => ({ input: { action: 'enqueue', value }, output: null })),
    fc.option(values).map((output): Asked => ({ input: { action: 'dequeue' }, output })),
    fc.array(values, { maxLength: 2 }).map((output): Asked => ({ input: { action: 'drain' }, output })),
  )
  expectAgreement(
    asked,
    (history) => judgeTotalQueue(history, { allowDuplicates: false }),
    (history) => {
      const taken = history
        .filter(isOk)
        .flatMap(({ input, output }) => (input.action === 'enqueue' ? [] : [output].flat()))
      const count = (value: number): number => taken.filter((one) => one === value).length
      const put = (value: number, isCounted: (operation: Operation) => boolean): number =>
        asks(history, 'enqueue').filter((enqueue) => isCounted(enqueue) && enqueue.input['value'] === value).length
      const unseen = history.filter(({ input, outcome }) => input.action !== 'enqueue' && outcome === 'info')
      const excused = unseen.some(({ input }) => input.action === 'drain') ? Infinity : unseen.length
      const missing = [1, 2, 3].reduce((total, value) => total + Math.max(0, put(value, isOk) - count(value)), 0)
      return missing <= excused && [1, 2, 3].every((value) => count(value) <= put(value, mayHaveBeen))
    },
  )
})

test('reads never go back where no pair of them does', () => {
  const asked = fc
    .record({ key: fc.constantFrom('x', 'y'), output: values })
    .map(({ key, output }): Asked => ({ input: { action: 'read', key }, output }))
  for (const among of ['everyone', 'process'] as const) {
    expectAgreement(
      asked,
      (history) => judgeMonotonic(history, { among }),
      (history) => {
        const reads = history.filter(isOk)
        return reads.every((left) =>
          reads.every(
            (right) =>
              left.input['key'] !== right.input['key'] ||
              (among === 'process' && left.process !== right.process) ||
              left.returnedAtMs >= right.invokedAtMs ||
              (left.output as number) <= (right.output as number),
          ),
        )
      },
    )
  }
})

test('records come out as often as they were sent, and in order where that is certain', () => {
  const record = fc.record({ key: fc.constantFrom('x', 'y'), value: values })
  const asked = fc.oneof(
    record.map((delivery): Asked => ({ input: { action: 'send', ...delivery }, output: null })),
    record.map((output): Asked => ({ input: { action: 'receive' }, output })),
  )
  expectAgreement(
    asked,
    (history) => judgeExactlyOnce(history, { order: 'none' }),
    (history) => {
      const unseen = asks(history, 'receive').filter(({ outcome }) => outcome === 'info').length
      const kinds = ['x', 'y'].flatMap((key) => [1, 2, 3].map((value) => ({ key, value })))
      const counts = kinds.map(({ key, value }) => {
        const isAlike = (fields: unknown): boolean => {
          const delivery = fields as (typeof kinds)[number]
          return delivery.key === key && delivery.value === value
        }
        const sent = asks(history, 'send').filter(({ input }) => isAlike(input))
        const received = asks(history, 'receive')
          .filter(isOk)
          .filter(({ output }) => isAlike(output))
        return { certain: sent.filter(isOk).length, most: sent.filter(mayHaveBeen).length, received: received.length }
      })
      const missing = counts.reduce((total, { certain, received }) => total + Math.max(0, certain - received), 0)
      return missing <= unseen && counts.every(({ most, received }) => received <= most)
    },
  )
})

test('records overtake each other where some pair of them does', () => {
  // The n-th record, and each receive takes another: so that only the order can be wrong.
  const asked = fc
    .record({ at: fc.nat(9), isSend: fc.boolean() })
    .map(({ at, isSend }): Asked =>
      isSend
        ? { input: { action: 'send', key: 'k', value: at }, output: null }
        : { input: { action: 'receive' }, output: at },
    )
  fc.assert(
    fc.property(histories(asked, 10), (history) => {
      const sent = new Map(
        asks(history, 'send')
          .filter(isOk)
          .map((send) => [send.input['value'], send]),
      )
      const received = new Map(
        asks(history, 'receive')
          .filter(isOk)
          .map((receive) => [receive.output, receive]),
      )
      fc.pre(sent.size === asks(history, 'send').length && received.size === asks(history, 'receive').length)
      const passed = [...received.keys()].filter((value) => sent.has(value))
      const isBefore = (left: Judged, right: Judged): boolean => left.returnedAtMs < right.invokedAtMs
      const overtakes = passed.some((left) =>
        passed.some(
          (right) => isBefore(sent.get(left)!, sent.get(right)!) && isBefore(received.get(right)!, received.get(left)!),
        ),
      )
      expect(shapesIn(judgeExactlyOnce(history)).includes('out of order')).toBe(overtakes)
    }),
    { seed: 1, numRuns: 600 },
  )
})

describe('a stream that was tampered with', () => {
  const tampered = fc.record({
    length: fc.integer({ min: 2, max: 30 }),
    keys: fc.integer({ min: 1, max: 4 }),
    lost: fc.uniqueArray(fc.nat(29), { maxLength: 3 }),
    doubled: fc.uniqueArray(fc.nat(29), { maxLength: 3 }),
    altered: fc.uniqueArray(fc.nat(29), { maxLength: 3 }),
  })

  test('is found out in every count', () => {
    fc.assert(
      fc.property(tampered, ({ length, keys, lost, doubled, altered }) => {
        const judge = new DeliveryJudge()
        const isIn = (places: readonly number[], id: number): boolean => places.includes(id) && !lost.includes(id)
        for (let id = 0; id < length; id++) judge.expect({ id, key: id % keys, value: `v${id}` })
        for (let id = 0; id < length; id++) {
          if (lost.includes(id)) continue
          judge.receive({ id, key: id % keys, value: isIn(altered, id) ? 'other' : `v${id}` })
          if (isIn(doubled, id)) judge.receive({ id, key: id % keys, value: `v${id}` })
        }
        const judgement = judge.verdict()
        const count = (places: readonly number[]): number => places.filter((id) => id < length).length
        expect(figureIn(judgement, 'lost')).toBe(count(lost))
        expect(figureIn(judgement, 'doubled')).toBe(count(doubled.filter((id) => !lost.includes(id))))
        expect(figureIn(judgement, 'altered')).toBe(count(altered.filter((id) => !lost.includes(id))))
        expect(figureIn(judgement, 'out of order')).toBe(0)
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  test('is out of order where two neighbours of a key changed places', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.nat(28), (length, place) => {
        fc.pre(place + 1 < length)
        const order = Array.from({ length }, (_, id) => (id === place ? id + 1 : id === place + 1 ? id - 1 : id))
        const judge = new DeliveryJudge()
        for (let id = 0; id < length; id++) judge.expect({ key: 'k', value: id })
        for (const id of order) judge.receive({ key: 'k', value: id })
        expect(shapesIn(judge.verdict())).toEqual(['out of order'])
      }),
      { seed: 1, numRuns: 100 },
    )
  })
})
