import { expect, test } from 'vitest'
import { planRun } from '../../../explore/plan-run.ts'
import type { Scenario } from '../../../explore/scenario.ts'
import { specsOf, subjectOf } from '../../../runtime/chaos/subject.ts'
import { chord } from '../../../scenarios/chord.ts'
import { raftKv } from '../../../scenarios/raft-kv.ts'

test('a seed has the plan that it has in simulation: operations, network, disks, faults, the calm', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const settings = { ...raftKv.defaults, clients: 30, operations: 1_200 }
    for (const strategy of ['cycles', 'default'] as const)
      expect(subjectOf({ scenario: raftKv, seed, settings, strategy }).plan).toEqual(
        planRun(raftKv, seed, settings, { strategy }),
      )
    const nemesis = ['partition'] as const
    const { plan } = subjectOf({ scenario: raftKv, seed, settings, nemesis, strategy: 'cycles' })
    expect(plan).toEqual(planRun(raftKv, seed, settings, { nemesis, strategy: 'cycles' }))
  }
})

test('all that processes make of one order is the same', () => {
  const order = { scenario: raftKv, seed: 11, settings: raftKv.defaults, strategy: 'cycles' } as const
  expect(JSON.stringify(subjectOf(order))).toBe(JSON.stringify(subjectOf(order)))
})

test('timeouts are longer than in simulation, and nothing else is other', () => {
  const heard: unknown[] = []
  const scenario: Scenario = {
    ...raftKv,
    topology: ({ choose: _choose, ...input }) => {
      heard.push(input)
      return raftKv.topology({ choose: _choose, ...input })
    },
  }
  const { plan } = subjectOf({ scenario, seed: 3, settings: raftKv.defaults, strategy: 'cycles' })
  expect(heard.at(-1)).toEqual({ settings: raftKv.defaults, operations: plan.operations, timeoutFactor: 2 })
})

test('nodes that come later are known from the start, by the index of what brings them', () => {
  const seed = Array.from({ length: 100 }, (_, place) => place + 1).find((one) =>
    planRun(chord, one, chord.defaults).faults.some(({ kind }) => kind === 'spawn'),
  )!
  const subject = subjectOf({ scenario: chord, seed, settings: chord.defaults, strategy: 'default' })
  expect(subject.late.size).toBeGreaterThan(0)
  for (const [index, spec] of subject.late) expect(spec.id).toBe(`n${chord.defaults.nodes + index + 1}`)
  expect(specsOf(subject)).toHaveLength(subject.nodes.length + subject.late.size)
})
