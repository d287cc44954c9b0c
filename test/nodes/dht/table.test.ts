import { describe, expect, test } from 'vitest'
import { defaultDhtOptions } from '../../../nodes/dht/dht.ts'
import { sha1OfText } from '../../../nodes/ring/sha1.ts'
import { Table } from '../support/table.ts'

/** The design as it was published has one copy of each key. */
const ONE_COPY = { replicas: 1, writeQuorum: 1, readQuorum: 1, ownWrites: 1 }
const KEYS = Array.from({ length: 20 }, (_, place) => `key_${place + 1}`)

describe('a table that grows and shrinks, as in the published example', () => {
  test('nodes join through a seed, keys move to them, and back when they leave (DH-1, DH-2, DH-3, DH-5, DH-6, DH-7)', () => {
    const table = new Table({ nodes: ['n1'], options: ONE_COPY })
    table.runFor(200)
    expect(table.ask('n1', { type: 'EVENTS' }).events).toHaveLength(1)

    table.join('n2', { ...ONE_COPY, tokens: 3 })
    table.runFor(1_500)
    expect(table.ask('n1', { type: 'EVENTS' }).events!.map(({ type, uri }) => `${type} ${uri}`)).toEqual([
      'ADD n1',
      'ADD n2',
    ])
    expect(table.notes('n1', 'membership event')).toEqual([
      { type: 'ADD', name: table.state('n2').identity.name, uri: 'n2' },
    ])

    for (const key of KEYS.slice(0, 10)) expect(table.put('n1', key, `value of ${key}`).status).toBe(200)
    expect([...table.keysAt('n1'), ...table.keysAt('n2')].sort()).toEqual(KEYS.slice(0, 10).sort())
    // What the first forwarded is what the second holds.
    const forwarded = table.notes('n1', 'forwarding').map((detail) => (detail as { key: string }).key)
    expect(forwarded.sort()).toEqual(table.keysAt('n2'))

    table.join('n3', ONE_COPY)
    table.runFor(2_000)
    const held = ['n1', 'n2', 'n3'].flatMap((id) => table.keysAt(id))
    expect(held.sort()).toEqual(KEYS.slice(0, 10).sort())

    for (const key of KEYS.slice(10)) expect(table.put('n3', key, `value of ${key}`).status).toBe(200)
    expect(table.ask('n2', { type: 'SHUTDOWN' }).status).toBe(200)
    expect(table.ask('n3', { type: 'SHUTDOWN' }).status).toBe(200)
    table.runFor(4_000)
    expect(table.keysAt('n1')).toEqual([...KEYS].sort())
    expect(
      table
        .ask('n1', { type: 'EVENTS' })
        .events!.map(({ type, uri }) => `${type} ${uri}`)
        .sort(),
    ).toEqual(['ADD n1', 'ADD n2', 'ADD n3', 'REMOVE n2', 'REMOVE n3'])
    for (const key of KEYS) expect(table.get('n1', key).values).toEqual([`value of ${key}`])
  })
})

const FOUNDERS = ['n1', 'n2', 'n3', 'n4']

describe('a table of four', () => {
  test('any node answers for any key: 200 with the value, 404 where there is none', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS })
    expect(table.get('n1', 'k')).toMatchObject({ status: 404, isComplete: true })
    expect(table.put('n2', 'k', 'v').status).toBe(200)
    for (const id of FOUNDERS) expect(table.get(id, 'k')).toMatchObject({ status: 200, values: ['v'] })
    expect(table.ask('n3', { type: 'DELETE', key: 'k' }).status).toBe(200)
    expect(table.get('n4', 'k').status).toBe(404)
  })

  test('concurrent writes are both kept, shown together, and replaced together (DH-20)', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS })
    table.put('n1', 'k', 'old')
    const { context } = table.get('n1', 'k')
    table.ask('n1', { type: 'PUT', key: 'k', value: 'one', context: context! })
    table.ask('n2', { type: 'PUT', key: 'k', value: 'two', context: context! })
    const both = table.get('n3', 'k')
    expect([...both.values!].sort()).toEqual(['one', 'two'])
    table.ask('n4', { type: 'PUT', key: 'k', value: 'merged', context: both.context! })
    expect(table.get('n1', 'k').values).toEqual(['merged'])
  })

  test('keys of a megabyte and of unusual Unicode are keys like any other; longer ones are refused', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS, options: { maxBytes: 2_000_000 } })
    for (const key of ['k'.repeat(1_048_576), '', 'ﷺ 𝄞 \u0000 e\u0301 \ud800']) {
      expect(table.put('n1', key, 'v').status).toBe(200)
      expect(table.get('n2', key).values).toEqual(['v'])
    }
    expect(table.put('n1', 'k'.repeat(2_000_001), 'v').status).toBe(413)
  })

  test('a write succeeds while a replica is down, and a stand-in brings it there when it is back (DH-21)', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS, options: { ownWrites: 1 } })
    const [, second, third] = ownersOf(table, 'k')
    for (const node of [second!, third!]) table.world.inject({ kind: 'kill', node })
    expect(table.put('n1', 'k', 'v').status).toBe(200)
    const standIn = FOUNDERS.find((id) => !ownersOf(table, 'k').includes(id))!
    expect(table.keysAt(standIn)).toEqual(['k'])
    table.world.heal()
    table.runFor(3_000)
    for (const id of ownersOf(table, 'k')) expect(table.keysAt(id)).toEqual(['k'])
    expect(table.keysAt(standIn)).toEqual([])
  })

  test('with a strict quorum a write that too few keep is answered with 503', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS })
    const [first, second, third] = ownersOf(table, 'k')
    for (const node of [second!, third!]) table.world.inject({ kind: 'kill', node })
    expect(table.put(first!, 'k', 'v').status).toBe(503)
    // And so is a read that could have missed one.
    expect(table.get(first!, 'k').status).toBe(503)
  })

  test('a replica that missed a write finds out by comparing Merkle trees (DH-22)', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS })
    const [first, , third] = ownersOf(table, 'k')
    table.world.rule(({ to, message }) => (to === third && message.type === 'Store' ? 'drop' : 'pass'))
    expect(table.put(first!, 'k', 'v').status).toBe(200)
    expect(table.keysAt(third!)).toEqual([])
    table.runFor(4_000)
    expect(table.keysAt(third!)).toEqual(['k'])
  })

  test('a deletion is forgotten once everyone knows it and it is old enough', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS, options: { collectAfterMs: 1_000 } })
    table.put('n1', 'k', 'v')
    table.ask('n1', { type: 'DELETE', key: 'k' })
    table.runFor(700)
    expect(FOUNDERS.flatMap((id) => table.keysAt(id))).toHaveLength(3)
    table.runFor(2_000)
    expect(FOUNDERS.flatMap((id) => table.keysAt(id))).toEqual([])
    expect(table.get('n1', 'k').status).toBe(404)
  })

  test('silent members are suspected and stay members; an administrator gives a dead one up (DH-5, DH-23)', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS })
    const dead = table.state('n4').identity.id
    table.runFor(500)
    expect(table.ask('n1', { type: 'REMOVE', nodeId: dead }).status).toBe(400)
    table.world.inject({ kind: 'kill', node: 'n4' })
    table.runFor(1_500)
    const shown = table.ask('n1', { type: 'RING' }).members!
    expect(shown.map(({ uri, isSuspected }) => [uri, isSuspected])).toContainEqual(['n4', true])
    expect(shown).toHaveLength(4)
    expect(table.ask('n1', { type: 'REMOVE', nodeId: dead }).status).toBe(200)
    table.runFor(1_500)
    for (const id of ['n1', 'n2', 'n3']) expect(table.state(id).history.members.size).toBe(3)
  })

  test('who and where a node is outlives a restart; one whose disk was lost takes the place of the one it was', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS })
    table.put('n1', 'k', 'v')
    const before = table.state('n2').identity
    table.world.inject({ kind: 'power-loss', node: 'n2', restartAfterMs: 50 })
    table.runFor(500)
    expect(table.state('n2').identity).toEqual(before)
    table.world.inject({ kind: 'kill', node: 'n2', restartAfterMs: 50, disk: 'empty' })
    table.runFor(300)
    expect(table.ask('n2', { type: 'JOIN' }).status).toBe(200)
    table.runFor(3_000)
    expect(table.state('n2').identity.id).not.toBe(before.id)
    for (const id of FOUNDERS) {
      const { members } = table.state(id).history
      expect([...members.values()].map(({ uri }) => uri).sort()).toEqual(FOUNDERS)
      expect(members.has(before.id)).toBe(false)
    }
    expect(table.get('n2', 'k').values).toEqual(['v'])
  })

  test('each reconciles with another one every second, so that two that joined apart know each other (DH-6)', () => {
    const { gossipEveryMs } = defaultDhtOptions
    const table = new Table({ nodes: ['n1'], options: { gossipEveryMs } })
    table.runFor(200)
    const rounds = new Map<string, number>()
    table.world.rule(({ from, message }) => {
      if (message.type === 'GossipSyn') rounds.set(from, (rounds.get(from) ?? 0) + 1)
      return 'pass'
    })
    for (const id of ['n2', 'n3']) table.join(id, { gossipEveryMs })
    table.runFor(20_000)
    for (const id of ['n1', 'n2', 'n3']) {
      const { history } = table.state(id)
      expect([...history.members.values()].map(({ uri }) => uri).sort()).toEqual(['n1', 'n2', 'n3'])
      expect(rounds.get(id)).toBeGreaterThan(15)
      expect(rounds.get(id)).toBeLessThan(30)
    }
  })

  test('a node that joins takes a friendly name that nobody has, and keeps it over a restart (DH-10)', () => {
    const table = new Table({ nodes: ['n1'] })
    table.runFor(200)
    const ids = Array.from({ length: 14 }, (_, place) => `n${place + 2}`)
    for (const id of ids) {
      table.join(id)
      table.runFor(600)
    }
    const names = (): readonly string[] => ['n1', ...ids].map((id) => table.state(id).identity.name)
    expect(new Set(names()).size).toBe(15)
    const shown = table.ask('n1', { type: 'RING' }).members!.map(({ name }) => name)
    expect([...shown].sort()).toEqual([...names()].sort())
    const before = names()
    for (const node of ids) table.world.inject({ kind: 'kill', node, restartAfterMs: 20 })
    table.runFor(500)
    expect(names()).toEqual(before)
  })

  test('a seed whose disk was lost begins a ring of its own, and is one member again once the two have met', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS })
    table.world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 50, disk: 'empty' })
    table.runFor(60)
    // It is the only seed and knows nobody to ask.
    expect(table.ask('n1', { type: 'JOIN' }).status).toBe(200)
    expect(table.state('n1').history.members.size).toBe(1)
    table.runFor(3_000)
    for (const id of FOUNDERS) expect(membersAt(table, id)).toEqual(FOUNDERS)
  })

  test('a node that lost its disk and does not join takes down that the member it was is gone', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS })
    table.world.inject({ kind: 'kill', node: 'n2', restartAfterMs: 50, disk: 'empty' })
    table.runFor(3_000)
    for (const id of ['n1', 'n3', 'n4']) expect(membersAt(table, id)).toEqual(['n1', 'n3', 'n4'])
  })

  test('an administrator makes a node a member again, by whichever node is asked (DH-5)', () => {
    const table = new Table({ nodes: FOUNDERS, founders: FOUNDERS })
    table.put('n1', 'k', 'v')
    const member = [...table.state('n1').history.members.values()].find(({ uri }) => uri === 'n4')!
    table.world.inject({ kind: 'kill', node: 'n4', restartAfterMs: 2_000 })
    table.runFor(1_500)
    expect(table.ask('n1', { type: 'REMOVE', nodeId: member.id }).status).toBe(200)
    table.runFor(2_000)
    expect(table.state('n4').standing).not.toBe('member')
    expect(table.ask('n2', { type: 'ADD', member }).status).toBe(200)
    table.runFor(3_000)
    for (const id of FOUNDERS) expect(membersAt(table, id)).toEqual(FOUNDERS)
    expect(table.get('n4', 'k').values).toEqual(['v'])
  })
})

/** Where the members are that the node knows of. */
function membersAt(table: Table, id: string): readonly string[] {
  return [...table.state(id).history.members.values()].map(({ uri }) => uri).sort()
}

function ownersOf(table: Table, key: string): readonly string[] {
  const up = FOUNDERS.find((id) => table.world.node(id).up)!
  return table.ownersOf(up, sha1OfText(key))
}
