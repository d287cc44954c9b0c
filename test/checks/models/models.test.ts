import { describe, expect, test } from 'vitest'
import { check } from '../../../checks/linearizability/linearizable.ts'
import { judgeSequential } from '../../../checks/consistency/sequential.ts'
import type { Model } from '../../../checks/model.ts'
import { validate } from '../../../checks/linearizability/validate.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import { counter } from '../../../checks/models/counter.ts'
import { models } from '../../../checks/models/index.ts'
import { kv } from '../../../checks/models/kv.ts'
import type { KvInput } from '../../../checks/models/kv.ts'
import { lock } from '../../../checks/models/lock.ts'
import { nondeterministic } from '../../../checks/models/nondeterministic.ts'
import { queue, stack } from '../../../checks/models/queue.ts'
import { register } from '../../../checks/models/register.ts'
import { set as setModel } from '../../../checks/models/set.ts'
import type { SetInput } from '../../../checks/models/set.ts'
import { cas, get, historyOf, read, set, write } from '../support/histories.ts'

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

  test('any answer to a compare and set but false says that it did, to the step as to the search', () => {
    expect([casRegister.step(1, cas(1, 2), null), casRegister.step(3, cas(1, 2), null)]).toEqual([2, undefined])
    expect(casRegister.describe(cas(1, 2), null)).toBe('compare and set 1 to 2 -> set')
    const history = historyOf(['a', write(1), null, 0, 1], ['a', cas(1, 2), undefined, 2, 3], ['a', read, 2, 4, 5])
    const verdict = check(history, casRegister)
    expect(verdict.verdict === 'ok' && validate(history, casRegister, verdict.orders!)).toBe(undefined)
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

  test('a deleted key is as it was at first, and answers "" or null', () => {
    expect(kv.step('a', { action: 'delete', key: 'k' }, null)).toBe('')
    expect(kv.step('', { action: 'get', key: 'k' }, null)).toBe('')
  })

  test('an answer that is no string is none of it', () => {
    const history = historyOf<KvInput>(
      ['a', { action: 'append', key: 'k', value: '1' }, null, 0, 1],
      ['a', { action: 'append', key: 'k', value: '2' }, null, 2, 3],
      ['a', { action: 'get', key: 'k' }, 12, 4, 5],
    )
    expect(check(history, kv).verdict).toBe('violated')
  })
})

describe('register', () => {
  const look = { action: 'read' } as const

  test('a read answers what was written last, and null at first', () => {
    expect([register.step(null, look, null), register.step(7, look, 7), register.step(7, look, 8)]).toEqual([
      null,
      7,
      undefined,
    ])
    expect(register.step(7, { action: 'write', value: 8 }, undefined)).toBe(8)
  })

  test('many may be in one history, each by its key', () => {
    expect(register.key!({ action: 'read', key: 'x' })).toBe('x')
    expect(register.describe({ action: 'read', key: 'x' }, 1)).toBe('read x -> 1')
  })
})

describe('counter', () => {
  test('adds up, and tells what it made where it is asked', () => {
    expect(counter.step(1, { action: 'add', amount: 2 }, 'whatever')).toBe(3)
    expect(counter.step(1, { action: 'increment' }, undefined)).toBe(2)
    expect(counter.step(1, { action: 'add-and-get', amount: -2 }, -1)).toBe(-1)
    expect(counter.step(1, { action: 'add-and-get', amount: -2 }, 0)).toBe(undefined)
    expect([counter.step(1, { action: 'read' }, 1), counter.step(1, { action: 'read' }, 2)]).toEqual([1, undefined])
    expect(counter.describe({ action: 'add-and-get', amount: 2 }, 3)).toBe('add and get 2 -> 3')
  })
})

describe('queue and stack', () => {
  const dequeue = { action: 'dequeue' } as const
  const pop = { action: 'pop' } as const

  test('a queue gives the first, a stack the last', () => {
    expect(queue.step([1], { action: 'enqueue', value: 2 }, null)).toEqual([1, 2])
    expect([queue.step([1, 2], dequeue, 1), queue.step([1, 2], dequeue, 2)]).toEqual([[2], undefined])
    expect([stack.step([1, 2], pop, 2), stack.step([1, 2], pop, 1)]).toEqual([[1], undefined])
  })

  test('null says that there was none, and an unknown answer takes what there is', () => {
    expect([queue.step([], dequeue, null), queue.step([1], dequeue, null)]).toEqual([[], undefined])
    expect([queue.step([], dequeue, undefined), queue.step([1], dequeue, undefined)]).toEqual([[], []])
    expect(queue.describe(dequeue, null)).toBe('dequeue -> empty')
  })
})

describe('lock', () => {
  test('only who holds it can give it back', () => {
    const acquire = { action: 'acquire', owner: 'a' } as const
    expect([lock.step(null, acquire, null), lock.step('b', acquire, null)]).toEqual(['a', undefined])
    expect(lock.step('b', acquire, false)).toBe('b')
    expect(lock.step('a', { action: 'release', owner: 'a' }, true)).toBe(null)
    expect(lock.step('a', { action: 'release', owner: 'b' }, true)).toBe(undefined)
    expect(lock.step('a', { action: 'release', owner: 'b' }, undefined)).toBe('a')
  })

  test('without owners, whoever comes gives back what was acquired', () => {
    expect(lock.step(null, { action: 'acquire' }, null)).toBe(true)
    expect(lock.step(true, { action: 'release' }, null)).toBe(null)
    expect(lock.step(null, { action: 'release' }, null)).toBe(undefined)
  })
})

describe('set', () => {
  test('answers count where they say whether something changed', () => {
    expect(setModel.step([], { action: 'add', value: 1 }, null)).toEqual([1])
    expect(setModel.step([1], { action: 'add', value: 1 }, true)).toBe(undefined)
    expect(setModel.step([1, 2], { action: 'remove', value: 1 }, true)).toEqual([2])
    expect(setModel.step([1], { action: 'contains', value: 2 }, true)).toBe(undefined)
  })

  test('a read of all answers every value, in any order', () => {
    expect(setModel.step([1, 2], { action: 'read' }, [2, 1])).toEqual([1, 2])
    expect(setModel.step([1, 2], { action: 'read' }, [2])).toBe(undefined)
    expect(setModel.identity!([1, 2])).toBe(setModel.identity!([2, 1]))
  })

  test('null is a read of nothing, and no other answer but a list is one', () => {
    const look = { action: 'read' } as const
    expect([setModel.step([], look, null), setModel.step([1], look, null)]).toEqual([[], undefined])
    const verdicts = [null, undefined, new Set(), {}, true, ''].map(
      (answer) => check(historyOf<SetInput>(['a', look, answer, 0, 1]), setModel).verdict,
    )
    expect(verdicts).toEqual(['ok', 'ok', 'ok', 'violated', 'violated', 'violated'])
  })
})

test.each(models.map((model) => [model.name, model] as const))(
  '%s refuses an action that it does not have',
  (_, model) => {
    const history = historyOf<object>(['a', { action: 'fly', key: 'k' }, null, 0, 1])
    const sentence = 'operation 0 of a: the action "fly" is none of the model'
    expect(() => check(history, model)).toThrow(`${sentence} ${model.name}, which has ${model.actions!.join(', ')}`)
    expect(() => judgeSequential(history, model)).toThrow(sentence)
    const all = model.actions!.map(
      (action, id) => ['a', { action, key: 'k', value: '', amount: 1 }, null, id, id] as const,
    )
    expect(() => check(historyOf<object>(...all), model)).not.toThrow()
  },
)

test.each([register, casRegister, dictionary])('$name: undefined that is written is null that is read', (model) => {
  const [look, put] = model === dictionary ? ['get', 'set'] : ['read', 'write']
  const history = historyOf<object>(
    ['a', { action: put, key: 'k', value: 1 }, null, 0, 1],
    ['a', { action: put, key: 'k', value: undefined }, null, 2, 3],
    ['a', { action: look, key: 'k' }, undefined, 4, 5],
  )
  const verdict = check(history, model as Model)
  expect(verdict.verdict === 'ok' && validate(history, model as Model, verdict.orders!)).toBe(undefined)
})

describe('a nondeterministic model', () => {
  const coin = nondeterministic<number, 'flip' | 'look', number>({
    name: 'coin',
    init: () => [0],
    steps: (side, input, output) => {
      if (input === 'flip') return [0, 1]
      return output === undefined || output === side ? [side] : []
    },
    describe: (input) => input,
  })

  test('keeps every state that it may be in', () => {
    const flipped = coin.step(coin.init(), 'flip', undefined)!
    expect(flipped).toEqual([0, 1])
    expect([coin.step(flipped, 'look', 1), coin.step(coin.init(), 'look', 1)]).toEqual([[1], undefined])
  })
})

test('every model that comes with Petrel has a name of its own', () => {
  const names = models.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
