import { expect, test } from 'vitest'
import type { Measurement } from '../../explore/mutants-figures.ts'
import { mutantsFigures } from '../../explore/mutants-figures.ts'
import { mutantsOf, trialsOf } from '../../explore/mutants.ts'
import type { TrialProgress } from '../../explore/trial.ts'
import { mutantsProgress, mutantsSummary } from '../../reports/mutants.ts'
import { PLAIN } from '../../reports/style.ts'
import { dice } from '../explore/support/dice.ts'

function summary(
  progress: Readonly<Record<string, TrialProgress>>,
  baseline: Measurement['baseline'] = 'uniform',
): string {
  const mutants = mutantsOf([dice(2, 2, 'rare')], { searches: 2, budgetRuns: 5000 })
  const measurement: Measurement = {
    mutants,
    trials: trialsOf(mutants, ['default', 'uniform'], 1),
    progress: new Map(Object.entries(progress)),
    strategy: 'default',
    baseline,
    oracle: 'both',
    firstSeed: 1,
    wallMs: 61_000,
  }
  return mutantsSummary(measurement, mutantsFigures(measurement), PLAIN)
}

const hit = (run: number) => ({ run, seed: run, property: 'wholeness' })
const clean = { runs: 5000, unknown: 0 }
const ALL: Readonly<Record<string, TrialProgress>> = {
  'dice/D1/default/1': { runs: 6, hit: hit(2), clientHit: hit(6), unknown: 0 },
  'dice/D1/default/2': { runs: 60, hit: hit(40), clientHit: hit(60), unknown: 0 },
  'dice/D1/uniform/1': { runs: 300, hit: hit(200), clientHit: hit(300), unknown: 0 },
  'dice/D1/uniform/2': clean,
  'dice/correct/default/1': clean,
  'dice/correct/default/2': clean,
  'dice/C1/default/1': clean,
  'dice/C1/default/2': clean,
}

test('the table has each bug with what any check and what clients saw, beside the baseline, and the controls', () => {
  expect(summary(ALL)).toBe(`PASS mutants  25,366 runs, strategy default, first seed 0x1, in 61 s

  found       searches that found it, and runs to the first hit in the median search
  bug  rarity  seen by    budget  default  median  uniform   median    fewer
  D1   rare    any check   5,000   2 of 2      21   1 of 2  > 2,600   > 124x
               clients     5,000   2 of 2      33   1 of 2  > 2,650  > 80.3x

  control     correct of dice: 10,000 runs of 2 searches, nothing reported
  control     C1 of dice: 10,000 runs of 2 searches, nothing reported

  every common bug was found by every search, and nothing was reported on the controls (exit 0)
`)
})

test('what is missing is said, and a reported control stands out with its seed', () => {
  const { 'dice/D1/uniform/2': _uniform, 'dice/correct/default/2': _correct, ...part } = ALL
  const text = summary({ ...part, 'dice/C1/default/1': { runs: 5000, hit: hit(9), unknown: 2 } })
  expect(text).toMatch(/^FAIL mutants/)
  expect(text).toContain('C1 of dice: 10,000 runs of 2 searches, 2 without an answer, REPORTED 1 time, first\n')
  expect(text).toContain('wholeness with seed 0x9')
  expect(text).toContain('searches done of those asked for: D1 1 of 2, correct 1 of 2.')
  expect(text).toContain('reported though correct: C1 (exit 1)')
})

test('before anything is done there is no median, and no verdict', () => {
  const text = summary({})
  expect(text).toMatch(/^UNKNOWN mutants {2}0 runs/)
  expect(text).toMatch(/D1 +rare +any check +5,000 +0 of 0 +\? +0 of 0 +\? +-/)
  expect(text).toContain('searches are missing (exit 2)')
})

test('no line is wider than 100 columns', () => {
  for (const line of summary({ ...ALL, 'dice/D1/default/1': { runs: 5000, unknown: 0 } }).split('\n'))
    expect(line.length).toBeLessThanOrEqual(100)
})

test('progress fits its line', () => {
  const progress = {
    trial: { key: 'dice/D1/default/2', runs: 1200, budgetRuns: 5000 },
    done: 3,
    of: 12,
    runs: 4400,
    elapsedMs: 100_000,
  }
  expect(mutantsProgress(progress, PLAIN)).toBe('3/12 searches  4,400 runs  44/s  dice/D1/default/2 1,200/5,000')
  expect(mutantsProgress(progress, PLAIN, 20)).toHaveLength(20)
})
