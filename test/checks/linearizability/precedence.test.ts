import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../../checks/linearizability/entry.ts'
import type { History } from '../../../checks/history.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import type { Model } from '../../../checks/model.ts'
import { precedenceOf } from '../../../checks/linearizability/precedence.ts'
import { everyOrder, hasOrder } from '../support/brute-force.ts'
import { anyHistory, casCall, registerCall } from '../support/random.ts'

const models = [
  ['dictionary', dictionary, anyHistory(registerCall, 6)],
  ['cas-register', casRegister, anyHistory(casCall, 6)],
] as [string, Model, fc.Arbitrary<History>][]

describe.each(models)('for random histories of the model %s', (_, model, histories) => {
  test('every edge and every exclusion holds in every order there is', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const entries = entriesOf(history)
        fc.pre(hasOrder(entries, model))
        const { steps, cycle, unwritten } = precedenceOf(entries, model.register!, model.init())
        expect([cycle, unwritten]).toEqual([undefined, undefined])
        everyOrder(entries, model, (order) => {
          const place = (operation: number) => order.indexOf(entries[operation]!)
          for (const step of steps) {
            if (step.kind !== 'excluded' && place(step.before) >= 0 && place(step.after) >= 0) {
              expect(place(step.before)).toBeLessThan(place(step.after))
            }
          }
          return false
        })
      }),
      { numRuns: 500, seed: 21 },
    )
  })

  test('a cycle, or a value nobody wrote, is found only where there is no order, and mostly there', () => {
    const outcomes = fc.sample(histories, { numRuns: 800, seed: 22 }).map((history) => {
      const entries = entriesOf(history)
      const { cycle, unwritten } = precedenceOf(entries, model.register!, model.init())
      return { proven: cycle !== undefined || unwritten !== undefined, ordered: hasOrder(entries, model) }
    })
    expect(outcomes.filter(({ proven, ordered }) => proven && ordered)).toEqual([])
    const condemned = outcomes.filter(({ ordered }) => !ordered)
    expect(condemned.filter(({ proven }) => proven).length).toBeGreaterThan(0.6 * condemned.length)
  })

  test('each step follows from earlier ones, and a cycle closes', () => {
    for (const history of fc.sample(histories, { numRuns: 300, seed: 23 })) {
      const { steps, cycle } = precedenceOf(entriesOf(history), model.register!, model.init())
      steps.forEach(({ premises }, number) => expect(premises.every((premise) => premise < number)).toBe(true))
      cycle?.forEach((number, index) => {
        const [edge, next] = [steps[number]!, steps[cycle[(index + 1) % cycle.length]!]!]
        expect(edge.kind !== 'excluded' && next.kind !== 'excluded' && edge.after === next.before).toBe(true)
      })
    }
  })
})
