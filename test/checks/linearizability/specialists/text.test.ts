import { describe, expect, test } from 'vitest'
import type { History } from '../../../../checks/history.ts'
import { textOfPieces } from '../../../../checks/linearizability/specialists/text.ts'
import { kv } from '../../../../checks/models/kv.ts'
import type { KvInput } from '../../../../checks/models/kv.ts'
import { holdAgainstBruteForce } from '../../support/hold-against.ts'
import { historyOf } from '../../support/histories.ts'
import { judgedBy } from '../../support/judged.ts'
import { textWriting } from '../../support/repeated-plays.ts'

const get: KvInput = { action: 'get', key: 'k' }
const put = (value: string): KvInput => ({ action: 'put', key: 'k', value })
const append = (value: string): KvInput => ({ action: 'append', key: 'k', value })

function judged(history: History<KvInput, unknown>): readonly (string | number)[] {
  return judgedBy(textOfPieces, kv, history)
}

describe('texts of pieces of which it is certain who made them', () => {
  test('are judged as every order tells, with orders and cores that hold', () => {
    const tally = holdAgainstBruteForce(textOfPieces, textWriting, { seed: 1, count: 3000, length: 8 })
    expect(Math.min(tally.ok, tally.violated)).toBeGreaterThan(500)
    expect(tally.left).toBeLessThan(1000)
  })

  test('a piece that was made twice is the one that fits in time', () => {
    const twice = [
      ['c1', append('a'), null, 0, 10],
      ['c1', put('b'), null, 20, 30],
      ['c1', append('a'), null, 40, 50],
    ] as const
    expect(judged(historyOf(...twice, ['c2', get, 'ba', 60, 70]))).toEqual(['ok', 0, 1, 2, 3])
    expect(judged(historyOf(...twice, ['c2', get, 'aa', 60, 70]))[0]).toBe('violated')
  })

  test('by which operations it is known who made a piece, is told by the core', () => {
    const history = historyOf(
      ['c1', put('a'), null, 0, 10],
      ['c1', put('b'), null, 20, 30],
      ['c1', append('a'), null, 40, 70],
      ['c2', get, 'a', 50, 60],
    )
    // Without the put of b, the first a could have been read.
    expect(judged(history)).toEqual(['violated', 0, 1, '2 open', 3])
  })

  test('where both fit, there is no answer', () => {
    const twice = [
      ['c1', append('a'), null, 0, 10],
      ['c1', append('a'), null, 20, 30],
    ] as const
    expect(judged(historyOf(...twice, ['c2', get, 'a', 5, 40]))).toEqual(['left'])
  })

  test('an append that nobody read comes where nobody sees it', () => {
    const history = historyOf(
      ['c1', append('a'), null, 0, 10],
      ['c2', append('b'), null, 20, 90],
      ['c1', get, 'a', 30, 40],
    )
    expect(judged(history)).toEqual(['ok', 0, 2, 1])
  })

  test('two pieces that were read in both orders', () => {
    const history = historyOf(
      ['c1', append('a'), null, 0, 50],
      ['c2', append('b'), null, 0, 50],
      ['c3', get, 'ab', 60, 70],
      ['c3', get, 'ba', 80, 90],
    )
    expect(judged(history)).toEqual(['violated', 0, 1, 2, 3])
  })
})
