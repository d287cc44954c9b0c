import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../../../checks/linearizability/entry.ts'
import { uniqueWriteRegister } from '../../../../checks/linearizability/specialists/register.ts'
import type { History } from '../../../../checks/history.ts'
import { casRegister } from '../../../../checks/models/cas-register.ts'
import type { CasRegisterInput } from '../../../../checks/models/cas-register.ts'
import { diceOf, playedHistory } from '../../support/dice.ts'
import { cas, historyOf, read, write } from '../../support/histories.ts'
import { holdAgainstBruteForce } from '../../support/hold-against.ts'
import { judgedBy } from '../../support/judged.ts'
import { compareAndSet, writesAndReads } from '../../support/plays.ts'

const judged = (history: History<CasRegisterInput, unknown>) => judgedBy(uniqueWriteRegister, casRegister, history)

describe('small histories get the verdict of trying out every order, with evidence that holds', () => {
  test('writes and reads', () => {
    const tally = holdAgainstBruteForce(uniqueWriteRegister, writesAndReads, { seed: 1, count: 10_000, length: 8 })
    expect(tally.violated).toBeGreaterThan(2000)
    expect(tally.left).toBe(0)
  })

  test('compare and set among them: few are left to the general search', () => {
    const tally = holdAgainstBruteForce(uniqueWriteRegister, compareAndSet, { seed: 2, count: 10_000, length: 8 })
    expect(tally.violated).toBeGreaterThan(2000)
    expect(tally.left).toBeLessThan(400)
  })
})

describe('what condemns a history', () => {
  test('a value that nobody wrote', () => {
    expect(judged(historyOf(['c1', write(1), null, 0, 10], ['c2', read, 7, 20, 30]))).toEqual(['violated', 1])
  })

  test('a stale read, with both writes', () => {
    const history = historyOf(
      ['c1', write(1), null, 0, 10],
      ['c1', write(2), null, 20, 30],
      ['c2', read, 2, 40, 50],
      ['c2', read, 1, 60, 70],
    )
    expect(judged(history)).toEqual(['violated', 0, 1, 3])
  })

  test('a value read before its write was invoked', () => {
    expect(judged(historyOf(['c2', read, 1, 0, 10], ['c1', write(1), null, 20, 30]))).toEqual(['violated', 0])
  })

  test('an initial value that is read again, though only a reader shows that the crashed write took effect', () => {
    const history = historyOf(['c1', write(1), undefined, 0], ['c2', read, 1, 10, 20], ['c2', read, null, 30, 40])
    expect(judged(history)).toEqual(['violated', 0, 1, 2])
  })

  test('two that set the same value to another: a lost update', () => {
    const history = historyOf(
      ['c1', write(1), null, 0, 10],
      ['c1', cas(1, 2), true, 20, 50],
      ['c2', cas(1, 3), true, 21, 51],
    )
    expect(judged(history)).toEqual(['violated', 0, 1, 2])
  })

  test('updates that stand on each other in a circle', () => {
    expect(judged(historyOf(['c1', cas(1, 2), true, 0, 50], ['c2', cas(2, 1), true, 1, 51]))).toEqual([
      'violated',
      0,
      '1 open',
    ])
  })

  test('the moment at which it was certain: what came later is not in the core, what was under way is left open', () => {
    const history = historyOf(
      ['c1', write(1), null, 0, 10],
      ['c1', write(2), null, 20, 100],
      ['c2', read, 2, 30, 40],
      ['c3', read, 1, 50, 60],
      ['c3', read, null, 70, 80],
    )
    expect(judged(history)).toEqual(['violated', 0, '1 open', 2, 3])
  })
})

describe('what is no hindrance', () => {
  test('a crashed write that nobody read never took effect', () => {
    expect(judged(historyOf(['c1', write(1), undefined, 0], ['c2', read, null, 10, 20]))).toEqual(['ok', 1])
  })

  test('a crashed update took effect where another stands on it', () => {
    const history = historyOf(
      ['c1', cas(null, 1), undefined, 0],
      ['c2', cas(1, 2), undefined, 5],
      ['c3', read, 2, 10, 20],
    )
    expect(judged(history)).toEqual(['ok', 0, 1, 2])
  })

  test('a value that is written twice and never read', () => {
    const history = historyOf(['c1', write(1), null, 0, 10], ['c2', write(1), null, 0, 10], ['c2', read, null, 2, 8])
    expect(judged(history)).toEqual(['ok', 2, 0, 1])
  })

  test('a compare and set that failed, and so only says what it did not find', () => {
    const history = historyOf(['c1', write(1), null, 0, 100], ['c2', cas(null, 2), false, 10, 20])
    expect(judged(history)).toEqual(['ok', 0, 1])
  })
})

describe('what is left to the general search', () => {
  test('an update of a value that was written twice', () => {
    const twice = historyOf(
      ['c1', write(1), null, 0, 10],
      ['c2', write(1), null, 0, 10],
      ['c2', cas(1, 2), true, 20, 30],
    )
    expect(judged(twice)).toEqual(['left'])
  })

  test('an update without an answer', () => {
    const [entry] = entriesOf(historyOf(['c1', cas(null, 1), true, 0, 10]))
    expect(uniqueWriteRegister([{ ...entry!, output: undefined }], casRegister)).toBe(undefined)
  })
})

describe('the work', () => {
  test('grows with the length alone: 100,000 operations, half of which overlap', () => {
    const history = playedHistory(writesAndReads, diceOf(7), 100_000)
    expect(uniqueWriteRegister(entriesOf(history), casRegister)).toMatchObject({ verdict: 'ok', steps: 100_000 })
  })

  test('to find the earliest core takes some verdicts on beginnings of the history', () => {
    const history = playedHistory(writesAndReads, diceOf(7), 20_000).map((operation) =>
      operation.id === 15_000 ? { ...operation, input: read, outcome: 'ok' as const, output: 'nothing' } : operation,
    )
    let looks = 0
    const register: typeof casRegister.register = (input, output) => {
      looks += 1
      return casRegister.register!(input, output)
    }
    const verdict = uniqueWriteRegister(entriesOf(history), { ...casRegister, register })
    expect([verdict!.verdict, looks]).toEqual(['violated', 20_000])
    const core = verdict!.verdict === 'violated' ? verdict!.core() : []
    expect(core.map(({ operation }) => operation.id)).toEqual([15_000])
    expect(looks).toBeLessThan(500_000)
  })
})
