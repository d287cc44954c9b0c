import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSerializable, isSessionSerializable, isSnapshotIsolated, isStrictSerializable } from './brute-force.ts'
import { inTurn, lists, registers, together } from './histories.ts'
import { endsWithReads, inTwoProcesses, listHistory, registerHistory } from './random.ts'
import type { IsolationLevel } from '../../../checks/transactions/levels.ts'
import type { TransactionVerdict } from '../../../checks/transactions/check-transactions.ts'

function rulesOut({ not, alsoNot }: TransactionVerdict, level: IsolationLevel): boolean {
  return not.includes(level) || alsoNot.includes(level)
}

describe('the definitions know good from bad', () => {
  test('write skew is snapshot isolated, and not serializable', () => {
    const history = together('read x nil, append y 1', 'read y nil, append x 1')
    expect([isSerializable(history), isSnapshotIsolated(history)]).toEqual([false, true])
  })

  test('a lost update is neither, and a stale read is both', () => {
    const lost = together('read x nil, append x 1', 'read x nil, append x 2')
    const stale = inTurn('a append x 1', 'b read x nil')
    expect([isSerializable(lost), isSnapshotIsolated(lost)]).toEqual([false, false])
    expect([isSerializable(stale), isSnapshotIsolated(stale), isStrictSerializable(stale)]).toEqual([true, true, false])
  })
})

describe('of small random histories of lists', () => {
  test('none is condemned that the definitions allow', () => {
    fc.assert(
      fc.property(listHistory, (history) => {
        const verdict = lists(history)
        if (rulesOut(verdict, 'serializable')) expect(isSerializable(history)).toBe(false)
        if (rulesOut(verdict, 'strict-serializable')) expect(isStrictSerializable(history)).toBe(false)
        if (rulesOut(verdict, 'snapshot-isolation')) expect(isSnapshotIsolated(history)).toBe(false)
      }),
      { numRuns: 400, seed: 21 },
    )
  })

  test('all are condemned that are not serializable, where every order of versions was read at the end', () => {
    fc.assert(
      fc.property(endsWithReads, (history) => {
        const verdict = lists(history)
        expect(rulesOut(verdict, 'serializable')).toBe(!isSerializable(history))
        expect(rulesOut(verdict, 'strict-serializable')).toBe(!isStrictSerializable(history))
        expect(rulesOut(verdict, 'snapshot-isolation')).toBe(!isSnapshotIsolated(history))
      }),
      { numRuns: 600, seed: 22 },
    )
  })

  test('all are condemned that no order of the processes explains, where every order of versions was read', () => {
    fc.assert(
      fc.property(inTwoProcesses, (history) => {
        expect(rulesOut(lists(history), 'strong-session-serializable')).toBe(!isSessionSerializable(history))
      }),
      { numRuns: 400, seed: 24 },
    )
  })
})

test('of small random histories of registers none is condemned that the definitions allow', () => {
  fc.assert(
    fc.property(registerHistory, (history) => {
      const verdict = registers(history)
      if (rulesOut(verdict, 'serializable')) expect(isSerializable(history)).toBe(false)
      if (rulesOut(verdict, 'strict-serializable')) expect(isStrictSerializable(history)).toBe(false)
      if (rulesOut(verdict, 'snapshot-isolation')) expect(isSnapshotIsolated(history)).toBe(false)
    }),
    { numRuns: 600, seed: 23 },
  )
})
