import { describe, expect, test } from 'vitest'
import { judgeMutex } from '../../../checks/judges/mutex.ts'
import { historyOf, withOutcome } from '../support/histories.ts'
import { shapesIn, violationIn } from '../support/judgements.ts'

const acquire = { action: 'acquire' }
const release = { action: 'release' }
const write = (token: number) => ({ action: 'write', token })

describe('a lock is good', () => {
  test('where it is passed on', () => {
    const history = historyOf(
      ['a', acquire, 1, 0, 10],
      ['b', acquire, 2, 5, 40],
      ['a', release, null, 20, 45],
      ['b', release, null, 50, 60],
      ['c', acquire, false, 12, 15],
    )
    expect(judgeMutex(history).verdict).toBe('ok')
  })

  test('where whoever got no answer never had it, and whoever asked for release without an answer has it no more', () => {
    const history = historyOf(
      ['a', acquire, null, 0],
      ['b', acquire, null, 5, 10],
      ['b', release, null, 20],
      ['c', acquire, null, 25, 30],
    )
    expect(judgeMutex(history).verdict).toBe('ok')
  })

  test('where the lease of a crashed holder has run out', () => {
    const history = historyOf(['a', acquire, { leaseMs: 100 }, 0, 10], ['b', acquire, { leaseMs: 100 }, 20, 101])
    expect(judgeMutex(history).verdict).toBe('ok')
    expect(
      judgeMutex(historyOf(['a', acquire, null, 0, 10], ['b', acquire, null, 20, 101]), { leaseMs: 100 }).verdict,
    ).toBe('ok')
  })

  test('where a holder prolongs the lease', () => {
    const history = historyOf(['a', acquire, { leaseMs: 50 }, 0, 10], ['a', acquire, { leaseMs: 50 }, 20, 30])
    expect(judgeMutex(history).verdict).toBe('ok')
  })

  test('where two locks have a holder each', () => {
    const history = historyOf(['a', { ...acquire, lock: 1 }, 1, 0, 10], ['b', { ...acquire, lock: 2 }, 1, 0, 10])
    expect(judgeMutex(history).verdict).toBe('ok')
  })
})

describe('a lock is broken', () => {
  test('where two hold it', () => {
    const history = historyOf(
      ['a', acquire, null, 0, 10],
      ['b', acquire, null, 12, 20],
      ['a', release, null, 30, 40],
      ['b', release, null, 50, 60],
    )
    expect(violationIn(judgeMutex(history))).toMatchObject({
      shape: 'two holders',
      summary: '1 time somebody got the lock while another held it',
      because: [
        'a held it from the return of T1 at 0.010 until it invoked T3 at 0.030',
        'However b held it from the return of T2 at 0.020 until it invoked T4 at 0.050: a contradiction',
      ],
      operations: [0, 1, 2, 3],
    })
  })

  test('each time that somebody got it while another held it on', () => {
    const history = historyOf(
      ['a', acquire, null, 0, 10],
      ['b', acquire, null, 12, 20],
      ['b', release, null, 30, 40],
      ['c', acquire, null, 50, 60],
    )
    expect(violationIn(judgeMutex(history)).summary).toBe('2 times somebody got the lock while another held it')
  })

  test('where it passes from one who never released it', () => {
    const history = historyOf(['a', acquire, null, 0, 10], ['b', acquire, null, 12, 20])
    expect(violationIn(judgeMutex(history)).because).toEqual([
      'a held it from the return of T1 at 0.010 on, and never released it',
      'However b held it from the return of T2 at 0.020 on, and never released it: a contradiction',
    ])
  })

  test('where a release failed, and another got it', () => {
    const history = historyOf(['a', acquire, null, 0, 10], ['a', release, null, 12, 20], ['b', acquire, null, 30, 40])
    expect(shapesIn(judgeMutex(withOutcome(history, 1, 'fail')))).toEqual(['two holders'])
  })

  test('where a lease cannot have run out', () => {
    const history = historyOf(['a', acquire, { leaseMs: 100 }, 0, 10], ['b', acquire, { leaseMs: 100 }, 20, 99])
    expect(violationIn(judgeMutex(history)).because[0]).toBe(
      'a held it from the return of T1 at 0.010 until its lease ran out, not before 0.100',
    )
  })

  test('where somebody releases what they never had', () => {
    expect(shapesIn(judgeMutex(historyOf(['a', release, null, 0, 10])))).toEqual(['release by who did not hold'])
  })
})

describe('fencing is broken', () => {
  test.each([
    ['token went back', 33],
    ['token given twice', 34],
  ])('where a %s', (shape, token) => {
    const history = historyOf(
      ['a', acquire, 34, 0, 10],
      ['a', release, null, 12, 14],
      ['b', acquire, { token }, 20, 30],
    )
    expect(violationIn(judgeMutex(history))).toMatchObject({
      shape,
      because: [
        'T1 was granted token 34 at 0.010',
        `However T2 was granted token ${token} after it, at 0.030: a contradiction`,
      ],
    })
  })

  test('where a resource that has seen a token takes a lower one', () => {
    const history = historyOf(
      ['a', acquire, { token: 33, leaseMs: 5 }, 0, 10],
      ['b', acquire, { token: 34, leaseMs: 5 }, 20, 30],
      ['b', write(34), null, 40, 50],
      ['a', write(33), null, 60, 70],
    )
    expect(violationIn(judgeMutex(history))).toMatchObject({
      shape: 'stale token accepted',
      because: [
        'T1 wrote with token 34, and returned at 0.050',
        'However T2, invoked at 0.060, was accepted with token 33: a contradiction',
      ],
      operations: [2, 3],
    })
    expect(judgeMutex(withOutcome(history, 3, 'fail')).verdict).toBe('ok')
  })

  test('where a write has a token that nobody was granted', () => {
    const history = historyOf(['a', acquire, 1, 0, 10], ['b', write(9), null, 20, 30])
    expect(shapesIn(judgeMutex(history))).toEqual(['token nobody was granted'])
  })
})
