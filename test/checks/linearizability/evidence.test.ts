import { describe, expect, test } from 'vitest'
import { check } from '../../../checks/linearizability/linearizable.ts'
import { validate } from '../../../checks/linearizability/validate.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import { counter } from '../../../checks/models/counter.ts'
import type { CounterInput } from '../../../checks/models/counter.ts'
import type { Play } from '../support/dice.ts'
import { brokenHistory, diceOf, playedHistory } from '../support/dice.ts'
import { cas, get, historyOf, read, set, write } from '../support/histories.ts'
import { counting, locking, queueOfFew, registerOfFew, setOfFew, stackOfFew } from '../support/repeated-plays.ts'

describe('a good verdict brings orders', () => {
  const history = historyOf(
    ['c1', set(1), null, 0, 100],
    ['c2', get(), 1, 10, 20],
    ['c3', set(7, 'y'), undefined, 30],
    ['c2', get('y'), 7, 40, 50],
  )

  test('one for each key, in which what crashed comes where it took effect', () => {
    const verdict = check(history, dictionary)
    expect(verdict.verdict === 'ok' && verdict.orders).toEqual([
      { key: 'x', order: [0, 1] },
      { key: 'y', order: [2, 3] },
    ])
  })

  test('that cost nothing where nobody wants them', () => {
    expect(check(history, dictionary, { orders: false })).not.toHaveProperty('orders')
  })

  test.each([
    ['lacks an operation', [[0], [2, 3]], 'operation 1 is in no order'],
    [
      'has one twice',
      [
        [0, 1, 1],
        [2, 3],
      ],
      'operation 1 comes twice, or is none that can take effect',
    ],
    ['has one of another key', [[0, 1, 3], [2]], 'operation 3 is not one on x'],
    [
      'has an answer that could not be',
      [
        [1, 0],
        [2, 3],
      ],
      'the model does not accept operation 1 where it comes',
    ],
  ])('and a replay notices one that %s', (_, [x, y], finding) => {
    const orders = [
      { key: 'x', order: x! },
      { key: 'y', order: y! },
    ]
    expect(validate(history, dictionary, orders)).toBe(finding)
  })

  test('and a replay notices one that goes back in time', () => {
    const later = historyOf(['c1', write(1), null, 0, 10], ['c1', write(2), null, 20, 30])
    expect(validate(later, casRegister, [{ key: undefined, order: [1, 0] }])).toBe(
      'operation 0 had returned when one before it was invoked',
    )
  })
})

describe('a bad verdict', () => {
  test('names the first answer that no order gets past, and how far orders came', () => {
    const adding = (amount: number): CounterInput => ({ action: 'add', amount })
    const history = historyOf<CounterInput>(
      ['c1', adding(1), null, 0, 100],
      ['c2', adding(2), null, 0, 100],
      ['c3', { action: 'read' }, 2, 10, 20],
      ['c3', { action: 'read' }, 1, 30, 40],
      ['c3', { action: 'read' }, 3, 200, 210],
    )
    const verdict = check(history, counter)
    expect(verdict.verdict === 'violated' && verdict.violations[0]).toMatchObject({
      operations: [0, 1, 2, 3],
      blocked: 3,
      attempts: [{ order: [1, 2, 0], state: 3 }],
    })
  })

  test('counts what failed by what it found', () => {
    const history = historyOf(['c1', write(1), null, 0, 10], ['c2', cas(1, 2), false, 20, 30], ['c2', read, 1, 40, 50])
    const failed = history.map((operation) =>
      operation.id === 1 ? { ...operation, outcome: 'fail' as const, observed: true } : operation,
    )
    expect(check(failed, casRegister).verdict).toBe('violated')
    const silent = failed.map((operation) => ({ ...operation, observed: false }))
    expect(check(silent, casRegister).verdict).toBe('ok')
  })
})

describe('long histories with few values', () => {
  const plays = Object.entries({ registerOfFew, counting, locking, setOfFew }) as [string, Play<unknown>][]

  test.each(plays)('are judged in few steps, good or broken, with orders that hold: %s', (_, play) => {
    for (let seed = 0; seed < 6; seed++) {
      const dice = diceOf(seed)
      const good = playedHistory(play, dice, 400)
      const history = seed % 2 === 0 ? good : brokenHistory(play, good, dice)
      const verdict = check(history, play.model)
      if (seed % 2 === 0) expect(verdict.verdict).toBe('ok')
      expect(verdict.verdict).not.toBe('unknown')
      expect(verdict.steps).toBeLessThan(300_000)
      if (verdict.verdict === 'ok') expect(validate(history, play.model, verdict.orders!)).toBe(undefined)
    }
  })

  const lines = Object.entries({ queueOfFew, stackOfFew }) as unknown as [string, Play<unknown>][]

  test.each(lines)('where order is all, shorter ones are: %s', (_, play) => {
    const history = playedHistory(play, diceOf(1), 60, 100)
    const verdict = check(history, play.model)
    expect(verdict.verdict === 'ok' && validate(history, play.model, verdict.orders!)).toBe(undefined)
  })
})
