import { expect, test } from 'vitest'
import { settingsOf } from '../../../explore/planted.ts'
import { planRun } from '../../../explore/plan-run.ts'
import { executeRun } from '../../../explore/run.ts'
import type { Scenario } from '../../../explore/scenario.ts'
import { raftKv } from '../../../scenarios/raft-kv.ts'

/** The same properties, each asked after every event. */
const ungated: Scenario = {
  ...raftKv,
  properties: (settings) =>
    raftKv.properties(settings).map((property) => {
      if (property.kind !== 'always' && property.kind !== 'sometimes') return property
      const { gate: _gate, ...rest } = property
      return rest
    }),
}

function findings(scenario: Scenario, seed: number, bug?: string) {
  const { violations, sometimes } = executeRun(scenario, planRun(scenario, seed, settingsOf(scenario, bug)))
  return { violations, sometimes }
}

test('behind the gate the properties of Raft find what they find when asked after every event', () => {
  for (let seed = 1; seed <= 15; seed++) expect(findings(raftKv, seed)).toEqual(findings(ungated, seed))
})

test('and what planted bugs break at the very same event', { timeout: 120_000 }, () => {
  for (const { id } of raftKv.bugs ?? [])
    for (let seed = 1; seed <= 2; seed++) expect(findings(raftKv, seed, id)).toEqual(findings(ungated, seed, id))
})
