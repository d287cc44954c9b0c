import { expect, test } from 'vitest'
import type { Measurement } from '../../explore/mutants-figures.ts'
import { mutantsFigures } from '../../explore/mutants-figures.ts'
import { mutantsOf, trialsOf } from '../../explore/mutants.ts'
import type { TrialProgress } from '../../explore/trial.ts'
import { mutantsDocument } from '../../reports/mutants-json.ts'
import { mutantsProgress, mutantsSummary } from '../../reports/mutants.ts'
import { PLAIN } from '../../reports/style.ts'
import { dice } from '../explore/support/dice.ts'

function summary(
  progress: Readonly<Record<string, TrialProgress>>,
  baseline: Measurement['baseline'] = 'uniform',
  scenarios = [dice(2, 2, 'rare')],
): string {
  const measurement = measured(progress, baseline, scenarios)
  return mutantsSummary(measurement, mutantsFigures(measurement), PLAIN)
}

function measured(
  progress: Readonly<Record<string, TrialProgress>>,
  baseline: Measurement['baseline'],
  scenarios: Parameters<typeof mutantsOf>[0],
): Measurement {
  const mutants = mutantsOf(scenarios, { searches: 2, budgetRuns: 5000 })
  return {
    mutants,
    trials: trialsOf(mutants, ['default', 'uniform'], 1),
    progress: new Map(Object.entries(progress)),
    strategy: 'default',
    baseline,
    oracle: 'both',
    firstSeed: 1,
    wallMs: 61_000,
  }
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

/** A second game, found by every search of both strategies. */
const OTHER = { ...dice(2, 2, 'rare'), name: 'loaded dice' }
const BOTH: Readonly<Record<string, TrialProgress>> = {
  ...ALL,
  'loaded dice/D1/default/1': { runs: 9, hit: hit(3), clientHit: hit(9), unknown: 0 },
  'loaded dice/D1/default/2': { runs: 9, hit: hit(3), clientHit: hit(9), unknown: 0 },
  'loaded dice/D1/uniform/1': { runs: 20, hit: hit(8), clientHit: hit(20), unknown: 0 },
  'loaded dice/D1/uniform/2': { runs: 20, hit: hit(8), clientHit: hit(20), unknown: 0 },
}

test('several bugs have a last line for all of them: the medians over the bugs', () => {
  const lines = summary(BOTH, 'uniform', [dice(2, 2, 'rare'), OTHER]).split('\n')
  const at = lines.findIndex((line) => line.startsWith('  all 2'))
  expect(lines.slice(at, at + 3)).toEqual([
    '  all 2          any check           4 of 4      12   3 of 4  > 1,304   > 109x',
    '                 clients             4 of 4      21   3 of 4  > 1,335  > 63.6x',
    '',
  ])
})

test('the document has the same over all bugs, by each oracle, and null before anything is done', () => {
  const measurement = measured(BOTH, 'uniform', [dice(2, 2, 'rare'), OTHER])
  const { overall } = mutantsDocument(measurement, mutantsFigures(measurement))
  expect(overall).toMatchObject({ bugs: 2, medianRuns: 12, baselineMedianRuns: 1304, baselineMedianIsAtLeast: true })
  expect(overall!.clientVisible).toMatchObject({ found: 4, done: 4, medianRuns: 21, medianIsAtLeast: false })
  const blank = measured({}, 'uniform', [OTHER])
  expect(mutantsDocument(blank, mutantsFigures(blank)).overall).toBeNull()
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
