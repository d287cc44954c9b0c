import { describe, expect, test } from 'vitest'
import type { Pulled } from '../../../nodes/dht/messages.ts'
import { Table } from '../support/table.ts'

const ONE_COPY = { replicas: 1, writeQuorum: 1, readQuorum: 1, ownWrites: 1 }
const KEYS = Array.from({ length: 12 }, (_, place) => `key_${place + 1}`)

/** How many items travel from now on, in messages of any type or of one. */
function countedItems(table: Table, ...types: readonly string[]): { count: number } {
  const sent = { count: 0 }
  table.world.rule(({ message }) => {
    if (types.length === 0 || types.includes(message.type)) {
      const { items, item } = message as { readonly items?: readonly unknown[]; readonly item?: unknown }
      sent.count += items?.length ?? (item === undefined ? 0 : 1)
    }
    return 'pass'
  })
  return sent
}

describe('keys and values that are long', () => {
  test('move a few at a time, so that no message is longer than it may be, and all arrive (DH-7)', () => {
    const options = { ...ONE_COPY, maxBytesPerMessage: 2_500 }
    const table = new Table({ nodes: ['n1'], options })
    table.runFor(200)
    for (const key of KEYS) expect(table.put('n1', key, 'x'.repeat(1_000)).status).toBe(200)
    const moved: number[] = []
    table.world.rule(({ message }) => {
      if (message.type === 'Pulled') moved.push((message as unknown as Pulled).items.length)
      return 'pass'
    })
    table.join('n2', { ...options, tokens: 16 })
    table.runFor(3_000)
    expect(table.keysAt('n2').length).toBeGreaterThan(4)
    expect([...table.keysAt('n1'), ...table.keysAt('n2')].sort()).toEqual([...KEYS].sort())
    expect(Math.max(...moved)).toBe(2)
  })

  test('are not sent again while the first answer is on its way, however long that takes (DH-7)', () => {
    const options = { ...ONE_COPY, maxBytesPerMessage: 2_500, requestTimeoutMs: 5_000, suspectAfterMs: 60_000 }
    const table = new Table({ nodes: ['n1'], options, latencyMs: 700 })
    table.runFor(200)
    for (const key of KEYS) table.ask('n1', { type: 'PUT', key, value: 'x'.repeat(1_000) }, 5_000)
    const sent = countedItems(table)
    table.join('n2', { ...options, tokens: 16 })
    table.runFor(60_000)
    const moved = table.keysAt('n2').length
    expect(moved).toBeGreaterThan(4)
    expect([...table.keysAt('n1'), ...table.keysAt('n2')].sort()).toEqual([...KEYS].sort())
    // Each comes once because n2 asks, once more as n1 gives up what is no longer its own, and a few for want of patience.
    expect(sent.count).toBeLessThanOrEqual(3 * moved + 4)
  })

  test('come to a new member about once, although every other member offers them', () => {
    const founders = ['n1', 'n2', 'n3']
    const table = new Table({ nodes: founders, founders, options: { maxItemsPerMessage: 4 } })
    const keys = Array.from({ length: 60 }, (_, place) => `key ${place}`)
    for (const key of keys) expect(table.put('n1', key, 'v').status).toBe(200)
    const sent = countedItems(table, 'Pulled')
    table.join('n4', { seeds: ['n1'], maxItemsPerMessage: 4 })
    table.runFor(5_000)
    const held = table.keysAt('n4').length
    expect(held).toBeGreaterThan(20)
    expect(sent.count).toBeLessThan(1.5 * held)
  })

  test('a replica that is down is told of a write a few times, later and later', () => {
    const founders = ['n1', 'n2', 'n3']
    const table = new Table({ nodes: founders, founders, options: { requestTimeoutMs: 5_000 } })
    table.world.inject({ kind: 'kill', node: 'n3' })
    const stored = countedItems(table, 'Store')
    expect(table.put('n1', 'k', 'v').status).toBe(200)
    table.runFor(6_000)
    expect(stored.count).toBeLessThan(10)
  })

  test('are shown in pages that are not longer than a message may be, and deleted keys are not', () => {
    const table = new Table({ nodes: ['n1'], options: { ...ONE_COPY, maxBytesPerMessage: 2_500 } })
    table.runFor(200)
    for (const key of KEYS) table.put('n1', key, 'x'.repeat(1_000))
    table.ask('n1', { type: 'DELETE', key: 'key_7' })
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = table.ask('n1', { type: 'ITEMS', ...(after === undefined ? {} : { after }) })
      expect(page.items!.length).toBeLessThanOrEqual(2)
      seen.push(...page.items!.map(({ key }) => key))
      after = page.next
    } while (after !== undefined)
    expect(seen.sort()).toEqual(KEYS.filter((key) => key !== 'key_7').sort())
  })

  test('are shown shortened where one asks for it, and then a page has as many as it may', () => {
    const table = new Table({ nodes: ['n1'], options: { ...ONE_COPY, maxBytesPerMessage: 2_500 } })
    table.runFor(200)
    for (const key of KEYS) table.put('n1', `${key} ${'k'.repeat(1_000)}`, 'x'.repeat(1_000))
    const { items } = table.ask('n1', { type: 'ITEMS', cut: 10 })
    expect(items).toHaveLength(KEYS.length)
    for (const { key, values } of items!) {
      expect(key).toMatch(/^key_.{6}… \(100[67] characters\)$/)
      expect(values).toEqual(['xxxxxxxxxx… (1000 characters)'])
    }
  })

  test('are refused where a key would have more concurrent values than can travel (413), and one write mends it', () => {
    const table = new Table({ nodes: ['n1'], options: { ...ONE_COPY, maxItemBytes: 3_500 } })
    table.runFor(200)
    const blind = (value: string): number =>
      table.ask('n1', { type: 'PUT', key: 'k', value: value.repeat(1_000), context: [] }).status
    expect([blind('a'), blind('b'), blind('c'), blind('d')]).toEqual([200, 200, 200, 413])
    const { context, values } = table.get('n1', 'k')
    expect(values).toHaveLength(3)
    expect(table.ask('n1', { type: 'PUT', key: 'k', value: 'merged', context: context! }).status).toBe(200)
    expect(table.get('n1', 'k').values).toEqual(['merged'])
  })
})

test('a disk whose node is a member at one place does not start at another (DH-8)', () => {
  const nodes = ['n1', 'n2', 'n3']
  const up = (uri: string): boolean => {
    const table = new Table({ nodes, founders: nodes, options: { uri } })
    table.runFor(200)
    return table.world.node('n1').up
  }
  expect([up('n1'), up('elsewhere')]).toEqual([true, false])
})
