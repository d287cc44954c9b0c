import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultPlans } from '../../explore/arbitraries.ts'
import { executeRun } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import { echo } from '../vitest/echo.ts'

const scenario = echo()

test('a fault plan is a subset of entries with ids, in the order of time, of the kinds on the menu', () => {
  fc.assert(
    fc.property(faultPlans(scenario), (faults) => {
      expect(faults.length).toBeLessThanOrEqual(12)
      expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length)
      expect(faults.map(({ atMs }) => atMs)).toEqual(faults.map(({ atMs }) => atMs).sort((a, b) => a - b))
      for (const { kind, forGood } of faults) {
        expect(scenario.faults.kinds).toContain(kind)
        expect(forGood).toBeUndefined()
      }
    }),
  )
})

test('only the kinds asked for are drawn', () => {
  fc.assert(
    fc.property(faultPlans(scenario, { kinds: ['pause'] }), (faults) => faults.every(({ kind }) => kind === 'pause')),
  )
})

test('a failing plan shrinks to the one fault that matters', () => {
  const bug = { ...scenario.defaults, bug: 'restarts' }
  const plan = planRun(scenario, 1, bug)
  const failing = fc.check(
    fc.property(faultPlans(scenario), (faults) => executeRun(scenario, { ...plan, faults }).verdict === 'ok'),
    { seed: 1, numRuns: 50 },
  )
  expect(failing.failed).toBe(true)
  expect(failing.counterexample![0].map(({ kind }) => kind)).toEqual(['kill'])
})

test('a plan that was found elsewhere can be shrunk: the arbitrary knows its values', () => {
  const arbitrary = faultPlans(scenario)
  const [plan] = fc.sample(arbitrary, { seed: 3, numRuns: 1 })
  expect(arbitrary.canShrinkWithoutContext(plan)).toBe(true)
})
