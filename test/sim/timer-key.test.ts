import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TimerName } from '../../sim/machine.ts'
import { timerKey } from '../../sim/timer-key.ts'

/** The key as it is meant: JSON of the record with its fields in order. Recorded runs and traces hold such keys. */
function inOrder(timer: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(timer).sort(([one], [other]) => (one < other ? -1 : 1))))
}

const name = fc.string({ minLength: 1 }).filter((text) => !/^\d+$/.test(text) && text !== '__proto__')
const value = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(null), fc.constant(undefined))

test('the key of a timer is its record in JSON, whatever the order of its fields', () => {
  fc.assert(
    fc.property(fc.dictionary(name, fc.oneof(value, fc.array(value))), (fields) => {
      const timer = { type: 'retry', ...fields } as TimerName
      const backwards = Object.fromEntries(Object.entries(timer).reverse()) as unknown as TimerName
      expect(timerKey(timer)).toBe(inOrder(timer as object))
      expect(timerKey(backwards)).toBe(timerKey(timer))
    }),
  )
  expect(timerKey({ type: 'retry', request: 7 } as TimerName)).toBe('{"request":7,"type":"retry"}')
})

test('a timer that is a name is its own key', () => {
  expect(timerKey('election')).toBe('election')
})
