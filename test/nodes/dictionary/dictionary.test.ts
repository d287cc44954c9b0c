import { describe, expect, test } from 'vitest'
import { check } from '../../../checks/linearizability/linearizable.ts'
import {
  dictionary,
  type DictionaryCommand,
  dictionaryCommandSchema,
  MAX_VALUE_LENGTH,
} from '../../../nodes/dictionary/dictionary.ts'
import { dictionaryModel } from '../../../nodes/dictionary/model.ts'
import { historyOf } from '../../checks/support/histories.ts'

const key = 'x'
const get: DictionaryCommand = { action: 'get', key }
const remove: DictionaryCommand = { action: 'delete', key }
const set = (value: string): DictionaryCommand => ({ action: 'set', key, value })
const cas = (expected: string | null, value: string): DictionaryCommand => ({ action: 'cas', key, expected, value })

/** A history of one client that asks one thing after the other. */
function inTurn(...calls: (readonly [command: DictionaryCommand, found: string | null])[]) {
  return historyOf(...calls.map(([command, found], place) => ['c1', command, found, 2 * place, 2 * place + 1] as const))
}

function answers(...commands: DictionaryCommand[]): unknown[] {
  const data = dictionary.empty()
  return commands.map((command) => dictionary.apply(data, command))
}

describe('a dictionary', () => {
  test('answers every command with the value it found (RK-1, RK-24)', () => {
    expect(answers(get, set('a'), set('b'), get, remove, remove, get)).toEqual([null, null, 'a', 'b', 'b', null, null])
  })

  test('compares and sets only where it finds what is expected; null expects no value (RK-24)', () => {
    expect(answers(cas('a', 'b'), get, cas(null, 'a'), get, cas('b', 'c'), get, cas('a', 'd'), get)).toEqual([
      null,
      null,
      null,
      'a',
      'a',
      'a',
      'a',
      'd',
    ])
  })

  test('refuses a value that is too long, given or expected, and takes one of the greatest length', () => {
    const long = 'v'.repeat(MAX_VALUE_LENGTH + 1)
    for (const command of [set(long), cas(null, long), cas(long, 'a')]) {
      expect(dictionary.refusal(command)).toContain('a value may have at most')
    }
    expect(dictionary.refusal(cas(long.slice(1), long.slice(1)))).toBeUndefined()
    expect(dictionary.refusal(remove)).toBeUndefined()
  })

  test('takes from outside only what is a command', () => {
    expect(dictionaryCommandSchema.safeParse(cas(null, 'a')).success).toBe(true)
    expect(dictionaryCommandSchema.safeParse({ action: 'cas', key, value: 'a' }).success).toBe(false)
    expect(dictionaryCommandSchema.safeParse({ action: 'delete', key, value: 'a' }).success).toBe(false)
  })
})

describe('the model of a dictionary', () => {
  const commands = [get, set('a'), set('b'), remove, cas(null, 'a'), cas('a', 'b'), cas('b', 'a')]

  test('goes where the dictionary goes, and takes no other answer', () => {
    for (const before of [null, 'a', 'b']) {
      for (const command of commands) {
        const data = new Map(before === null ? [] : [[key, before]])
        const found = dictionary.apply(data, command)
        const after = data.get(key) ?? null
        expect(dictionaryModel.step(before, command, found)).toBe(after)
        expect(dictionaryModel.step(before, command, undefined)).toBe(after)
        expect(dictionaryModel.step(before, command, 'other')).toBeUndefined()
        if (dictionaryModel.readOnly!(command, found)) expect(after).toBe(before)
      }
    }
  })

  test('sees a delete that was executed twice by its answer', () => {
    const history = (last: string | null) => inTurn([set('a'), null], [remove, 'a'], [set('b'), last])
    expect(check(history('a'), dictionaryModel).verdict).toBe('violated')
    expect(check(history(null), dictionaryModel).verdict).toBe('ok')
  })

  test('sees a compare and set that took effect and said that it did not', () => {
    const history = inTurn([set('a'), null], [cas('b', 'c'), 'a'], [get, 'c'])
    expect(check(history, dictionaryModel)).toMatchObject({ verdict: 'violated' })
  })

  test('tells operations in words', () => {
    expect(dictionaryModel.describe(cas('a', 'b'), 'c')).toBe('compare and set x from "a" to "b" -> "c"')
    expect(dictionaryModel.describe(remove, null)).toBe('delete x -> null')
  })
})
