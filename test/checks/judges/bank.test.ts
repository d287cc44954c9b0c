import { describe, expect, test } from 'vitest'
import { judgeBank } from '../../../checks/judges/bank.ts'
import { historyOf } from '../support/histories.ts'
import { shapesIn, violationIn } from '../support/judgements.ts'

const read = { action: 'read' }
const transfer = (from: string, to: string, amount: number) => ({ action: 'transfer', from, to, amount })
const balances = (...amounts: number[]) => new Map(amounts.map((amount, place) => [place, amount]))

describe('a bank is good', () => {
  test('where all reads find the same total, in any notation', () => {
    const history = historyOf(
      ['a', read, { x: 10, y: 0 }, 0, 10],
      ['a', transfer('x', 'y', 4), null, 5, 20],
      ['b', read, new Map(Object.entries({ y: 4, x: 6 })), 12, 18],
      ['b', read, [['x', 6] as const, ['y', 4] as const], 30, 40],
    )
    expect(judgeBank(history).verdict).toBe('ok')
    expect(judgeBank(history, { total: 10, accounts: ['x', 'y'] }).verdict).toBe('ok')
  })

  test('with a balance below zero, where that is allowed', () => {
    expect(judgeBank(historyOf(['a', read, balances(12, -2), 0, 10]), { allowNegative: true }).verdict).toBe('ok')
  })
})

describe('a bank is broken', () => {
  test('where a read finds another total than the first one', () => {
    const history = historyOf(['a', read, balances(10, 0), 0, 10], ['b', read, balances(6, 0), 20, 30])
    expect(violationIn(judgeBank(history))).toMatchObject({
      shape: 'wrong total',
      summary: '1 read found another total than 10',
      because: [
        'T1 found 10 in all accounts together, and transfers change nothing about that',
        'However T2 found 6: a contradiction',
      ],
      operations: [0, 1],
    })
  })

  test('where a read finds another total than the given one', () => {
    expect(violationIn(judgeBank(historyOf(['a', read, balances(10, 1), 0, 10]), { total: 10 })).because).toEqual([
      'All accounts together hold 10 at any time',
      'However T1 found 11: a contradiction',
    ])
  })

  test('where a balance is below zero', () => {
    expect(violationIn(judgeBank(historyOf(['a', read, balances(12, -2), 0, 10])))).toMatchObject({
      shape: 'negative balance',
      because: ['T1 found -2 on the account 1, which may not fall below zero: a contradiction'],
    })
  })

  test('where an account is missing, or one appears', () => {
    const history = historyOf(['a', read, { x: 5, y: 5 }, 0, 10], ['b', read, { x: 5, z: 5 }, 20, 30])
    expect(violationIn(judgeBank(history))).toMatchObject({
      shape: 'other accounts',
      because: ['T1 did not find the account "y"', 'T1 found an account "z" that does not exist: a contradiction'],
    })
  })

  test('where a read does not answer balances', () => {
    expect(shapesIn(judgeBank(historyOf(['a', read, { x: null }, 0, 10], ['a', read, null, 20, 30])))).toEqual([
      'no balances',
    ])
  })
})
