import { describe, expect, test } from 'vitest'
import { always } from '../../../checks/property.ts'
import { exploreAll } from '../../../explore/exhaustive/search.ts'
import type { SmallSystem } from '../../../explore/exhaustive/world.ts'
import type { AnyMachine, Machine } from '../../../sim/machine.ts'
import { protocol } from '../../../sim/protocol.ts'
import { keeper } from './systems/keeper.ts'

const kinds = (path: readonly { readonly kind: string }[]): readonly string[] => path.map(({ kind }) => kind)

describe('crashes', () => {
  test('nothing is lost where a write is answered after its sync, whatever crashes whenever', () => {
    for (const syncs of ['immediate', 'pending'] as const) {
      const bounds = { timeouts: 2, kills: 1, powerLosses: 1, duplicates: 1, drops: 1, timers: ['next'], syncs }
      expect(exploreAll(keeper('after the sync'), bounds)).toMatchObject({ verdict: 'ok', explored: 'all' })
    }
  })

  test('a write that is answered and never synced is lost with the power, and not with the process', () => {
    const bounds = { timeouts: 2, timers: ['next'] }
    const lost = exploreAll(keeper('without a sync'), { ...bounds, powerLosses: 1 })
    expect(lost).toMatchObject({ verdict: 'violated', violation: { property: 'linearizable' } })
    expect(kinds(lost.path)).toContain('power loss')
    expect(exploreAll(keeper('without a sync'), { ...bounds, kills: 2 })).toMatchObject({ verdict: 'ok' })
  })

  test('a write that is answered before its sync is lost where a crash may come before the sync is over', () => {
    const bounds = { timeouts: 2, timers: ['next'], powerLosses: 1 }
    expect(exploreAll(keeper('before the sync'), bounds)).toMatchObject({ verdict: 'ok', explored: 'all' })
    const lost = exploreAll(keeper('before the sync'), { ...bounds, syncs: 'pending' })
    expect(lost.verdict).toBe('violated')
    expect(kinds(lost.path)).toEqual(expect.arrayContaining(['power loss', 'restart']))
  })
})

interface Note {
  readonly type: 'note'
  readonly texts: string[]
}

function pair(sender: AnyMachine, receiver: Machine<{ got: string[] }, Note>): SmallSystem {
  return {
    protocol: protocol<Note>({ note: { transport: 'datagram' } }),
    nodes: [
      { id: 'n1', role: 'server', machine: () => sender },
      { id: 'n2', role: 'server', machine: () => receiver },
    ],
    properties: [
      always('n2 has heard nothing twice', (view) => {
        const { got } = (view.node('n2')?.state ?? { got: [] }) as { got: string[] }
        return new Set(got).size === got.length ? undefined : `n2 heard ${got.join(', ')}`
      }),
    ],
  }
}

const hears: Machine<{ got: string[] }, Note> = {
  start: () => ({ got: [] }),
  onMessage: (state, _ctx, _from, { texts }) => void state.got.push(...texts),
}

const says = (...texts: readonly string[]): Machine<object, Note, 'later'> => ({
  start: (ctx) => {
    for (const text of texts) ctx.send('n2', { type: 'note', texts: [text] })
    return {}
  },
  onMessage: () => {},
  onTimer: () => {},
})

describe('messages', () => {
  test('what one node sends another comes in every order, or in one where the network keeps it', () => {
    expect(exploreAll(pair(says('a', 'b'), hears))).toMatchObject({ explored: 'all', states: 5, terminalStates: 2 })
    const ordered = exploreAll(pair(says('a', 'b'), hears), { network: 'ordered' })
    expect(ordered).toMatchObject({ explored: 'all', states: 3, terminalStates: 1 })
  })

  test('a message comes twice where it may, and no more often than it may', () => {
    expect(exploreAll(pair(says('a'), hears))).toMatchObject({ verdict: 'ok' })
    const twice = exploreAll(pair(says('a'), hears), { duplicates: 1 })
    expect(kinds(twice.path)).toEqual(['duplicate', 'deliver'])
    expect(exploreAll(pair(says('a'), hears), { network: 'duplicating', depth: 3 })).toMatchObject({
      verdict: 'violated',
      violation: { property: 'n2 has heard nothing twice', summary: 'n2 heard a, a' },
    })
  })

  test('a lost message never comes', () => {
    // Neither lost; one lost; both: with what came of the others, in either order.
    expect(exploreAll(pair(says('a', 'b'), hears), { drops: Infinity })).toMatchObject({ states: 10, explored: 'all' })
    expect(exploreAll(pair(says('a'), hears), { drops: 1 })).toMatchObject({ states: 3, terminalStates: 2 })
  })

  test('a message that is changed after it was sent is a violation by itself', () => {
    const changes: Machine<{ texts: string[] }, Note, 'later'> = {
      start: (ctx) => {
        const texts = ['a']
        ctx.send('n2', { type: 'note', texts })
        ctx.setTimer('later', 1)
        return { texts }
      },
      onMessage: () => {},
      onTimer: ({ texts }) => void texts.push('b'),
    }
    expect(exploreAll(pair(changes, hears)).violation).toMatchObject({
      property: 'messages are not changed once they are sent',
      summary: 'note from n1 was changed after it was sent',
    })
  })
})

describe('machines', () => {
  test('a throw is a violation, with the steps that lead to it', () => {
    const throws: Machine<{ got: string[] }, Note> = {
      ...hears,
      onMessage: () => {
        throw new Error('wet')
      },
    }
    const { violation, path } = exploreAll(pair(says('a'), throws))
    expect(violation).toMatchObject({ property: 'no machine throws', summary: 'n2: Error: wet' })
    expect(kinds(path)).toEqual(['deliver'])
  })

  test('a machine that keeps something outside its state is told so', () => {
    let ticks = 0
    const counts: Machine<object, Note, 'later'> = {
      start: (ctx) => {
        ctx.setTimer('later', 1)
        return {}
      },
      onMessage: () => {},
      onTimer: (_state, ctx) => ctx.send('n2', { type: 'note', texts: ++ticks === 1 ? ['a', 'a'] : [] }),
    }
    expect(() => exploreAll(pair(counts, hears))).toThrow(/keeps something outside its state/)
  })

  test('every way a draw can fall is explored where there are few, and one where there are many', () => {
    const draws = (most: number): Machine<object, Note, 'later'> => ({
      start: (ctx) => ({ drawn: ctx.random.integer(1, most) }),
      onMessage: () => {},
      onTimer: () => {},
    })
    expect(exploreAll(pair(draws(6), hears)).states).toBe(6)
    expect(exploreAll(pair(draws(60), hears)).states).toBe(1)
    const flips: Machine<object, Note, 'later'> = {
      ...draws(1),
      start: (ctx) => ({ drawn: ctx.random.chance(0.5) ? ctx.random.pick(['a', 'b', 'c']) : null }),
    }
    expect(exploreAll(pair(flips, hears)).states).toBe(4)
  })

  test('a timer that is armed may fire or not, as often as the bounds let it', () => {
    const ticks: Machine<{ ticks: number }, Note, 'later'> = {
      start: (ctx) => {
        ctx.setTimer('later', [10, 20])
        return { ticks: 0 }
      },
      onMessage: () => {},
      onTimer: (state, ctx) => {
        state.ticks++
        ctx.setTimer('later', 1)
      },
    }
    expect(exploreAll(pair(ticks, hears), { timeouts: 3 })).toMatchObject({ states: 4, depth: 3, explored: 'all' })
    expect(exploreAll(pair(ticks, hears), { timers: ['other'] })).toMatchObject({ states: 1 })
  })

  test('disks count where a handler reads them', () => {
    const remembers: Machine<{ got: string[] }, Note> = {
      start: () => ({ got: [] }),
      onMessage: (state, ctx, _from, { texts }) => {
        const known = ctx.disk.list()
        for (const text of texts) ctx.disk.write(text, 0, new Uint8Array([1]))
        if (known.length === 1) state.got.push(known[0]!)
      },
    }
    // First a, first b, and then the other: told apart only by the disk after the first.
    expect(exploreAll(pair(says('a', 'b'), remembers))).toMatchObject({ states: 5, terminalStates: 2 })
  })
})

describe('bounds', () => {
  test('a search that met too many states knows nothing of the rest', () => {
    const result = exploreAll(pair(says('a', 'b'), hears), { maxStates: 2 })
    expect(result).toMatchObject({ verdict: 'unknown', explored: 'a part' })
    expect(result.reason).toMatch(/more than 2 states/)
  })

  test('within a depth, no state behind it counts', () => {
    expect(exploreAll(pair(says('a', 'b'), hears), { depth: 1 })).toMatchObject({ states: 3, explored: 'depth' })
    expect(exploreAll(pair(says('a', 'b'), hears), { depth: 0 })).toMatchObject({ states: 1, explored: 'depth' })
  })

  test('symmetry and partial-order reduction together are refused', () => {
    expect(() => exploreAll(pair(says(), hears), { symmetry: true, partialOrder: true })).toThrow(/choose one/)
  })
})
