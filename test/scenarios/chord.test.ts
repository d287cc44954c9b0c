import { describe, expect, test } from 'vitest'
import type { History } from '../../checks/history.ts'
import { planRun } from '../../explore/plan-run.ts'
import { executeRun } from '../../explore/run.ts'
import type { Settings } from '../../explore/scenario.ts'
import { type ChordCommand, isRingCommand } from '../../nodes/chord/messages.ts'
import { chord } from '../../scenarios/chord.ts'

const SEEDS = Array.from({ length: 24 }, (_, seed) => seed + 1)

/** A run without any fault; the share of its reads and writes that ended ok. */
function calmRun(seed: number, settings: Settings): number {
  const plan = planRun(chord, seed, settings)
  const network = { ...plan.network, loss: 0, duplication: 0 }
  const { verdict, violations, history } = executeRun(chord, { ...plan, network, syncMs: [0.2, 2], faults: [] })
  expect({ verdict, violations }).toEqual({ verdict: 'ok', violations: [] })
  const asked = (history as History<ChordCommand>).filter(({ input }) => !isRingCommand(input))
  return asked.filter(({ outcome }) => outcome === 'ok').length / asked.length
}

describe('chord', () => {
  test('keeps its ring and its pairs while nodes join, leave and crash at once (RK-30)', { timeout: 120_000 }, () => {
    const results = SEEDS.map((seed) => executeRun(chord, planRun(chord, seed, chord.defaults)))
    expect(
      results.filter(({ verdict }) => verdict !== 'ok').map(({ seed, violations }) => ({ seed, violations })),
    ).toEqual([])
    const ok = results.map(({ operations }) => operations.ok).sort((one, other) => one - other)
    expect(ok[ok.length >> 1]! / chord.defaults.operations).toBeGreaterThanOrEqual(chord.evidence)
    const seen = new Set(results.flatMap(({ sometimes }) => Object.keys(sometimes)))
    expect([...seen].sort()).toEqual(
      chord
        .properties(chord.defaults)
        .filter(({ kind }) => kind === 'sometimes')
        .map(({ name }) => name)
        .sort(),
    )
  })

  test('serves nearly every read and write where nothing but joins and leaves goes on', { timeout: 120_000 }, () => {
    for (const seed of SEEDS.slice(0, 6)) expect(calmRun(seed, chord.defaults)).toBeGreaterThan(0.95)
  })

  test('works for one node, three, and twenty', { timeout: 120_000 }, () => {
    for (const nodes of [1, 3, 20]) {
      const settings = { ...chord.defaults, nodes, operations: 60, durationMs: 6_000 }
      expect(calmRun(5, settings)).toBeGreaterThan(0.8)
    }
  })
})
