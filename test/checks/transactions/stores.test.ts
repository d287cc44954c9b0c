import { describe, expect, test } from 'vitest'
import { checkTransactions } from '../../../checks/transactions/check-transactions.ts'
import { namesIn } from './histories.ts'
import { simulate } from './stores.ts'
import type { Bug, Level } from './stores.ts'
import type { Workload } from '../../../checks/transactions/transaction.ts'

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed)
const WORKLOADS: readonly Workload[] = ['list-append', 'rw-register']

const KEPT: readonly [Level, string][] = [
  ['serializable', 'strict-serializable'],
  ['snapshot', 'strong-snapshot-isolation'],
  ['read committed', 'strong-read-committed'],
]

describe.each(WORKLOADS)('stores without a bug, of the workload %s', (workload) => {
  test.each(KEPT)('a store that is %s keeps to %s, whatever happens', (level, consistency) => {
    for (const seed of SEEDS) {
      const verdict = checkTransactions(simulate(seed, workload, level), { workload, consistency })
      expect([seed, verdict.verdict, namesIn(verdict)]).toEqual([seed, 'ok', namesIn(verdict)])
    }
  })

  test('the serializable one shows no anomaly at all', () => {
    const names = SEEDS.flatMap((seed) =>
      namesIn(checkTransactions(simulate(seed, workload, 'serializable'), { workload })),
    )
    expect(names).toEqual([])
  })

  test('that of snapshots shows write skew, and nothing worse', () => {
    const names = SEEDS.flatMap((seed) =>
      namesIn(checkTransactions(simulate(seed, workload, 'snapshot'), { workload })),
    )
    expect(names).toContain('G2-item')
    expect(names.filter((name) => !name.startsWith('G2-item'))).toEqual([])
  })

  test('that which is read committed shows read skew', () => {
    const level = 'read committed'
    const names = SEEDS.flatMap((seed) => namesIn(checkTransactions(simulate(seed, workload, level), { workload })))
    expect(names).toContain('G-single')
  })
})

const BUGS: readonly [Bug, Level, consistency: string, anomaly: string][] = [
  ['lost update', 'snapshot', 'snapshot-isolation', 'lost-update'],
  ['dirty read', 'read committed', 'read-committed', 'G1a'],
  ['stale read', 'serializable', 'strong-snapshot-isolation', 'G-single-realtime'],
  ['forgetful session', 'snapshot', 'strong-session-snapshot-isolation', 'G-single-process'],
  ['torn commit', 'serializable', 'snapshot-isolation', 'G-single'],
]

describe.each(WORKLOADS)('stores with a bug, of the workload %s', (workload) => {
  test.each(BUGS)('a %s in a store that is %s is no %s, and called %s', (bug, level, consistency, anomaly) => {
    const verdicts = SEEDS.map((seed) =>
      checkTransactions(simulate(seed, workload, level, bug), { workload, consistency }),
    )
    expect(verdicts.filter(({ verdict }) => verdict === 'violated').length).toBeGreaterThan(SEEDS.length / 4)
    expect(verdicts.flatMap(namesIn)).toContain(anomaly)
  })
})

test('an append that is done twice is found', () => {
  const names = SEEDS.flatMap((seed) =>
    namesIn(
      checkTransactions(simulate(seed, 'list-append', 'serializable', 'doubled append'), { workload: 'list-append' }),
    ),
  )
  expect(names).toContain('duplicate-elements')
})
