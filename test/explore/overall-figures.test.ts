import { expect, test } from 'vitest'
import { overallFigures } from '../../explore/overall-figures.ts'
import type { LevelFigures } from '../../explore/trial-figures.ts'

/** Two searches, of which one missed where the median is only a least one. */
const trial = (medianRuns: number | null, isAtLeast = false) => ({
  done: medianRuns === null ? 0 : 2,
  found: medianRuns === null ? 0 : isAtLeast ? 1 : 2,
  medianRuns,
  isAtLeast,
})

const level = (strategy: LevelFigures['strategy'], baseline?: LevelFigures['baseline']): LevelFigures => ({
  strategy,
  baseline,
  timesFewer: undefined,
})

test('over several bugs the medians in the middle count, and how many times fewer runs the strategy takes', () => {
  const levels = [level(trial(4), trial(4)), level(trial(100), trial(900)), level(trial(10), trial(30))]
  expect(overallFigures(levels)).toEqual({
    bugs: 3,
    strategy: { medianRuns: 10, isAtLeast: false, found: 6, done: 6 },
    baseline: { medianRuns: 30, isAtLeast: false, found: 6, done: 6 },
    timesFewer: 3,
  })
  expect(overallFigures(levels.slice(0, 2))).toMatchObject({
    strategy: { medianRuns: 52 },
    baseline: { medianRuns: 452 },
  })
})

test('a bug that was missed counts at its budget: beyond the middle it changes nothing, else the median is a least one', () => {
  const beyond = [level(trial(2)), level(trial(3)), level(trial(5000, true))]
  expect(overallFigures(beyond)?.strategy).toEqual({ medianRuns: 3, isAtLeast: false, found: 5, done: 6 })
  const within = [level(trial(100, true)), level(trial(300)), level(trial(5000))]
  expect(overallFigures(within)?.strategy).toMatchObject({ medianRuns: 300, isAtLeast: true })
})

test('bugs of which a strategy has no search done are left out, and without any there is nothing to say', () => {
  const levels = [level(trial(4), trial(8)), level(trial(6), trial(null)), level(trial(null), trial(2))]
  expect(overallFigures(levels)).toMatchObject({ bugs: 1, strategy: { medianRuns: 4 }, baseline: { medianRuns: 8 } })
  expect(overallFigures(levels.slice(1))).toBeUndefined()
})

test('without a baseline the strategy speaks for itself', () => {
  expect(overallFigures([level(trial(4))])).toEqual({
    bugs: 1,
    strategy: { medianRuns: 4, isAtLeast: false, found: 2, done: 2 },
    baseline: undefined,
    timesFewer: undefined,
  })
})
