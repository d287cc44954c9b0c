import { describe, expect, test } from 'vitest'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import { kv } from '../../../checks/models/kv.ts'
import { cas, get, read, set, write } from '../support/histories.ts'

describe('dictionary', () => {
  test('a key holds null until it is set (RK-1)', () => {
    expect(dictionary.step(dictionary.init(), get(), null)).toBe(null)
    expect(dictionary.step(dictionary.init(), get(), 1)).toBe(undefined)
    expect(dictionary.step(null, set(1), 'whatever')).toBe(1)
  })

  test('an answer that nobody knows fits every state', () => expect(dictionary.step(5, get(), undefined)).toBe(5))

  test('operations in words', () => {
    expect(dictionary.describe(set(1), null)).toBe('write x=1')
    expect(dictionary.describe(get(), 0)).toBe('read x -> 0')
    expect(dictionary.describe(get(), undefined)).toBe('read x')
  })
})

describe('cas-register', () => {
  test('compare and set writes only where it finds what it expects', () => {
    expect(casRegister.step(1, cas(1, 2), true)).toBe(2)
    expect(casRegister.step(3, cas(1, 2), false)).toBe(3)
    expect(casRegister.step(1, cas(1, 2), false)).toBe(undefined)
    expect(casRegister.step(3, cas(1, 2), true)).toBe(undefined)
    expect([casRegister.step(1, cas(1, 2), undefined), casRegister.step(3, cas(1, 2), undefined)]).toEqual([2, 3])
  })

  test('operations in words', () => {
    expect(casRegister.describe(cas(1, 2), true)).toBe('compare and set 1 to 2 -> set')
    expect(casRegister.describe(cas(1, 2), false)).toBe('compare and set 1 to 2 -> not set')
    expect(casRegister.describe(cas(1, 2), undefined)).toBe('compare and set 1 to 2')
    expect([casRegister.describe(write(1), null), casRegister.describe(read, 1)]).toEqual(['write 1', 'read -> 1'])
  })
})

describe('kv', () => {
  test('append adds to the end, put replaces, every key is "" at first', () => {
    const appended = kv.step(kv.init(), { action: 'append', key: 'k', value: 'a' }, null)!
    expect(kv.step(appended, { action: 'append', key: 'k', value: 'b' }, null)).toBe('ab')
    expect(kv.step('ab', { action: 'put', key: 'k', value: 'c' }, null)).toBe('c')
    expect(kv.step('', { action: 'get', key: 'k' }, '')).toBe('')
    expect(kv.step('a', { action: 'get', key: 'k' }, '')).toBe(undefined)
  })
})
