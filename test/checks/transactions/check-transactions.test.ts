import { describe, expect, test } from 'vitest'
import { checkTransactions, describeTransaction } from '../../../checks/index.ts'
import type { Operation, Transaction, TransactionHistory } from '../../../checks/index.ts'
import { listHistory } from '../../../bench/transactions.ts'
import { inTurn, lists, namesIn, registers, together, transaction } from './histories.ts'

describe('a verdict', () => {
  test('is about the level that was asked for, and tells of every other', () => {
    const skew = together('read x nil, append y 1', 'read y nil, append x 1')
    expect(lists(skew).verdict).toBe('violated')
    expect(lists(skew, { consistency: 'PL-3' })).toMatchObject({ verdict: 'violated', consistency: 'serializable' })
    const verdict = lists(skew, { consistency: 'snapshot-isolation' })
    expect(verdict.verdict).toBe('ok')
    expect(verdict.mayHold).toContain('strong-snapshot-isolation')
    expect(verdict.alsoNot).toContain('serializable')
    expect(namesIn(verdict)).toEqual(['G2-item'])
  })

  test('names the property as it is told to, and the operations of the cycle', () => {
    const verdict = lists(together('read x nil, append y 1', 'append z 1', 'read y nil, append x 1'), { name: 'bank' })
    expect(verdict.verdict === 'violated' && verdict.violations).toMatchObject([
      { property: 'bank', shape: 'G2-item', operations: [0, 2], summary: 'G2-item, write skew: 2 transactions' },
    ])
  })

  test('is unknown where no transaction depends on another, and ok where there is none or one', () => {
    expect(lists(together('append x 1', 'append x 2')).verdict).toBe('unknown')
    expect(lists(together('append x 1')).verdict).toBe('ok')
    expect(lists([]).verdict).toBe('ok')
  })

  test('is the same every time', () => {
    const history = together('append x 1, append y 1', 'append x 2, append y 2', 'read x [1,2], read y [2,1]')
    expect(lists(history)).toEqual(lists(history))
  })
})

describe('transactions that did not end ok', () => {
  test('one that failed explains nothing', () => {
    expect(namesIn(lists(together('fail: append x 1', 'append x 2', 'read x [2]')))).toEqual([])
  })

  test('one nobody knows about took effect where somebody saw some of it', () => {
    const seen = together('info: append x 1, append y 1', 'read x [1], read y nil')
    expect(namesIn(lists(seen))).toEqual(['G-single'])
    const unseen = together('info: append x 1, append y 1', 'read x nil, read y nil', 'append z 1', 'read z [1]')
    expect(namesIn(lists(unseen))).toEqual([])
  })

  test('what the reads of one nobody knows about would have found is not guessed', () => {
    const history = together('info: append x 2, read y nil', 'append x 1, append y 1', 'read x [1,2], read y [1]')
    expect(namesIn(lists(history))).toEqual([])
  })

  test('one nobody knows about may take effect late, and so comes before nothing in time', () => {
    const history = inTurn('c0 info: append x 1', 'c1 read x nil', 'c2 read x [1]')
    expect(namesIn(lists(history))).toEqual([])
  })

  test('a write that was aborted may be tried again', () => {
    expect(namesIn(lists(inTurn('c0 fail: append x 1', 'c0 append x 1', 'c1 read x [1]')))).toEqual([])
  })
})

describe('time', () => {
  test('ends that have the same time and no events are concurrent', () => {
    const stale: TransactionHistory = [
      { ...inTurn('c0 append x 1')[0]!, invokedAtMs: 0, returnedAtMs: 10 },
      { ...inTurn('c1 read x nil')[0]!, id: 1, invokedAtMs: 10, returnedAtMs: 20 },
    ]
    expect(namesIn(lists(stale))).toEqual([])
    const numbered = stale.map((one, at) => ({ ...one, invokedAtEvent: 2 * at, returnedAtEvent: 2 * at + 1 }))
    expect(namesIn(lists(numbered))).toEqual(['G-single-realtime'])
  })

  test('the history need not be in the order of time', () => {
    const stale = inTurn('c0 append x 1', 'c1 append x 2', 'c2 read x [1]', 'c3 read x [1,2]')
    expect(namesIn(lists([...stale].reverse()))).toEqual(['G-single-realtime'])
  })

  test('a cycle that goes through a process more than once is told as short as it is', () => {
    const history = inTurn(
      'c0 append x 1',
      'c1 append x 2',
      'c1 read y nil',
      'c1 read z nil',
      'c1 read x [1]',
      'c2 read x [1,2]',
    )
    const verdict = lists(history)
    expect(verdict.anomalies[0]).toMatchObject({ name: 'G-single-process', violations: [{ operations: [1, 4] }] })
  })
})

describe('a history that makes no sense is refused with a sentence', () => {
  const refused = (input: unknown, outcome: 'ok' | 'info' = 'info'): TransactionHistory => [
    { id: 7, process: 'c1', input: input as Transaction, invokedAtMs: 0, returnedAtMs: 1, outcome } as Operation<
      Transaction,
      Transaction
    >,
  ]

  test.each([
    ['read x', /operation 7 of c1: a transaction is a list of micro-operations/],
    [[['append', 'x']], /"append" needs a value/],
    [[['w', 'x', 1]], /the micro-operations of list-append are "append" and "r", not "w"/],
    [['append', 'x', 1], /a micro-operation is \["append", key, value\]/],
    [[['r', 'x', 3]], /"r" finds a list or null, not 3/],
  ])('%j', (input, sentence) => {
    expect(() => lists(refused(input))).toThrow(sentence)
  })

  test('a value that is written twice', () => {
    expect(() => lists(together('append x 1', 'append y 1', 'append x 1', 'read x [1]'))).toThrow(
      /operation 2 of c2: it writes 1 to x, as operation 0 does\. Give each write of a key a value of its own/,
    )
    expect(() => registers(together('write x 1', 'write x 1', 'read x 1'))).toThrow(/it writes 1 to x/)
  })

  test('a level that there is not', () => {
    expect(() => lists([], { consistency: 'acid' })).toThrow(RangeError)
  })
})

test('keys and values are compared by content', () => {
  const key = (): unknown => ({ table: 'accounts', id: 1 })
  const history = [
    { input: [['append', key(), { by: 'a' }]], output: [['append', key(), { by: 'a' }]] },
    { input: [['r', key(), null]], output: [['r', key(), [{ by: 'a' }]]] },
  ].map((one, id) => ({
    ...one,
    id,
    process: `c${id}`,
    invokedAtMs: 10 * id,
    returnedAtMs: 10 * id + 5,
    outcome: 'ok',
  }))
  expect(lists(history as unknown as TransactionHistory)).toMatchObject({ verdict: 'ok', anomalies: [] })
})

test('a transaction in words', () => {
  const steps = transaction('append x 1, read y [1,2], write z 3')
  expect(describeTransaction(steps)).toBe('append x 1, read y, write z=3')
  expect(describeTransaction(steps, steps)).toBe('append x 1, read y -> [1,2], write z=3')
})

test('a long good history has no anomaly, and one stale read in it is found among all', () => {
  const history = listHistory(4_000)
  expect(checkTransactions(history, { workload: 'list-append' })).toMatchObject({ verdict: 'ok', anomalies: [] })
  const reader = history.findIndex(({ output }, at) => at > 3_000 && output!.length === 1 && lengthRead(output!) > 4)
  const key = history[reader]!.output![0]![1]
  const stale = history.map((one, at) => (at === reader ? { ...one, output: [['r', key, null]] as const } : one))
  const verdict = checkTransactions(stale as TransactionHistory, { workload: 'list-append' })
  const found = verdict.anomalies.find(({ name }) => name.startsWith('G-single'))
  expect(found?.violations[0]?.operations).toContain(history[reader]!.id)
})

function lengthRead([micro]: Transaction): number {
  return micro?.[0] === 'r' && Array.isArray(micro[2]) ? micro[2].length : 0
}
