import { describe, expect, test } from 'vitest'
import { ANOMALIES, impliedBy } from '../../../checks/transactions/anomalies.ts'
import { ISOLATION_LEVELS, isolationLevel, isRuledOut, standingOf } from '../../../checks/transactions/levels.ts'
import type { IsolationLevel } from '../../../checks/transactions/levels.ts'

describe('what an anomaly says of the levels', () => {
  test('every one of them rules out strict serializability, and none of them nothing', () => {
    for (const name of ANOMALIES) expect([name, isRuledOut('strict-serializable', [name])]).toEqual([name, true])
  })

  test('nothing found rules out nothing, and the strongest may hold', () => {
    expect(standingOf([])).toEqual({ not: [], alsoNot: [], mayHold: ['strict-serializable'] })
  })

  test('the levels that do not hold and those that may are all there are', () => {
    for (const name of ANOMALIES) {
      const { not, alsoNot, mayHold } = standingOf([name])
      const ruledOut = new Set([...not, ...alsoNot])
      expect(ruledOut.size).toBe(not.length + alsoNot.length)
      expect(mayHold.filter((level) => ruledOut.has(level))).toEqual([])
    }
  })

  test.each([
    ['G0', 'read-uncommitted'],
    ['G1a', 'read-committed'],
    ['G1b', 'read-committed'],
    ['G1c', 'read-committed'],
    ['lost-update', 'cursor-stability'],
    ['G-single', 'consistent-view'],
    ['G-nonadjacent', 'snapshot-isolation'],
    ['G2-item', 'repeatable-read'],
    ['internal', 'read-atomic'],
    ['G0-process', 'strong-session-read-uncommitted'],
    ['G1c-realtime', 'strong-read-committed'],
    ['G-single-process', 'strong-session-snapshot-isolation'],
    ['G-nonadjacent-realtime', 'strong-snapshot-isolation'],
    ['G2-item-realtime', 'strict-serializable'],
  ] as const)('%s speaks against %s first', (anomaly, level) => {
    expect(standingOf([anomaly]).not).toContain(level)
  })

  test.each<[Parameters<typeof isRuledOut>[1][number], IsolationLevel]>([
    ['G2-item', 'snapshot-isolation'],
    ['G-nonadjacent', 'parallel-snapshot-isolation'],
    ['G-single-realtime', 'strong-session-serializable'],
    ['G-single-process', 'serializable'],
    ['lost-update', 'monotonic-view'],
    ['internal', 'read-committed'],
  ])('%s does not speak against %s', (anomaly, level) => {
    expect(isRuledOut(level, [anomaly])).toBe(false)
  })
})

test('an anomaly counts as all that are less than it, and they as no more', () => {
  expect([...impliedBy('G-single-process')].sort()).toEqual([
    'G-nonadjacent-process',
    'G-nonadjacent-realtime',
    'G-single-process',
    'G-single-realtime',
    'G2-item-process',
    'G2-item-realtime',
  ])
  for (const name of ANOMALIES) {
    for (const other of impliedBy(name)) {
      for (const further of impliedBy(other)) expect(impliedBy(name)).toContain(further)
    }
  }
})

test('a level is known by other names of the literature, and an unknown one is told what there is', () => {
  expect([isolationLevel('PL-2+'), isolationLevel('strong-serializable')]).toEqual([
    'consistent-view',
    'strict-serializable',
  ])
  expect(() => isolationLevel('serialisable')).toThrow(/no isolation level "serialisable".*read-uncommitted/s)
  for (const level of ISOLATION_LEVELS) expect(isolationLevel(level)).toBe(level)
})
