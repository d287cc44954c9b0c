import { describe, expect, test } from 'vitest'
import { Choices, exploredRandom } from '../../../explore/exhaustive/choices.ts'
import { Copying } from '../../../explore/exhaustive/copy.ts'
import { Folder, same } from '../../../explore/exhaustive/fingerprint.ts'
import { FingerprintTable } from '../../../explore/exhaustive/fingerprint-table.ts'

describe('fingerprints', () => {
  const folder = new Folder({ unordered: false })
  const unordered = new Folder({ unordered: true })
  const alike = (one: unknown, other: unknown, by = folder): boolean => same(by.of(one), by.of(other))

  test('are equal for equal data, whatever the order of fields', () => {
    expect(alike({ a: 1, b: [2, null] }, { b: [2, null], a: 1 })).toBe(true)
    expect(alike({ a: 1, b: 2 }, { a: 2, b: 1 })).toBe(false)
    expect(alike([1, 2], [2, 1])).toBe(false)
    expect(alike(['ab', 'c'], ['a', 'bc'])).toBe(false)
    expect(alike(0, -0)).toBe(false)
    expect(alike(new Uint8Array([1, 2]), new Uint8Array([1, 2]))).toBe(true)
  })

  test('tell in which order a Map and a Set were filled, unless that does not count', () => {
    const [one, other] = [new Set(['x', 'y']), new Set(['y', 'x'])]
    expect(alike(one, other)).toBe(false)
    expect(alike(one, other, unordered)).toBe(true)
    expect(alike(new Map([['x', one]]), new Map([['x', other]]), unordered)).toBe(true)
    expect(alike(new Map([['x', 1]]), new Map([['x', 2]]), unordered)).toBe(false)
  })

  test('take a name for another where nodes are renamed, and only where it is the whole text', () => {
    const exchanged = new Folder({
      unordered: true,
      names: new Map([
        ['n1', 'n2'],
        ['n2', 'n1'],
      ]),
    })
    const state = { leader: 'n1', votes: new Set(['n1', 'n3']), text: 'n1 leads' }
    const image = { leader: 'n2', votes: new Set(['n3', 'n2']), text: 'n1 leads' }
    expect(same(exchanged.of(state), unordered.of(image))).toBe(true)
    expect(same(exchanged.of({ text: 'n1 leads' }), unordered.of({ text: 'n2 leads' }))).toBe(false)
  })

  test('are kept in a table by the number of their coming, however many there are', () => {
    const table = new FingerprintTable()
    for (let value = 0; value < 10_000; value++) expect(table.add(folder.of(value))).toBe(value)
    expect(table.size).toBe(10_000)
    expect([0, 4_711, 9_999].map((value) => table.find(folder.of(value)))).toEqual([0, 4_711, 9_999])
    expect(table.find(folder.of('another'))).toBe(-1)
  })
})

describe('copies', () => {
  test('are apart from what they were made of, and as it is tied together', () => {
    const inner = { value: 1 }
    const state = { one: inner, other: inner, all: new Map([['x', new Set([1])]]), bytes: new Uint8Array([1]) }
    const copy = new Copying(new WeakSet()).state(state)
    expect(copy).toEqual(state)
    expect(copy.one).toBe(copy.other)
    copy.one.value = 2
    copy.all.get('x')!.add(2)
    copy.bytes[0] = 2
    expect(state).toMatchObject({ one: { value: 1 }, bytes: new Uint8Array([1]) })
    expect(state.all.get('x')!.size).toBe(1)
  })

  test('share what was sent, and follow a memory to the new state', () => {
    const [sent, kept] = [{ entry: 1 }, { entry: 2 }]
    const copying = new Copying(new WeakSet([sent]))
    const state = copying.state({ log: [sent, kept] })
    const memory = copying.memory({ first: sent, last: kept })
    expect(state.log[0]).toBe(sent)
    expect(state.log[1]).not.toBe(kept)
    expect(memory).toEqual({ first: sent, last: kept })
    expect(memory.first).toBe(sent)
    expect(memory.last).toBe(state.log[1])
  })
})

test('choices go through every way that draws can fall, also where one depends on another', () => {
  const choices = new Choices()
  const ways: string[] = []
  do {
    const random = exploredRandom(choices, 1, () => 0)
    ways.push(random.chance(0.5) ? `heads ${random.pick(['a', 'b', 'c'])}` : 'tails')
  } while (choices.next())
  expect(ways).toEqual(['tails', 'heads a', 'heads b', 'heads c'])
})
