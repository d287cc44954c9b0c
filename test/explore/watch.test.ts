import { describe, expect, test } from 'vitest'
import { always, behind, type ClusterView, type Gate, type NodeView, sometimes } from '../../checks/property.ts'
import { Watch } from '../../explore/watch.ts'

const view: ClusterView = { nowMs: 0, nodes: [], node: () => undefined }

function node(id: string, state: unknown): NodeView {
  return { id, role: 'server', up: true, incarnation: 1, state }
}

/** Opens where the state is another than it was. */
const stateChanged: Gate<Map<string, unknown>> = {
  memory: () => new Map(),
  opens: (states, { id, state }) => {
    const opens = states.get(id) !== state
    states.set(id, state)
    return opens
  },
}

describe('a watch', () => {
  test('asks each property after every event, with what it remembers, and counts what was seen', () => {
    const grows = sometimes(
      'it grew',
      (_view, last: { state: number }, { state }) => {
        const grew = (state as number) > last.state
        last.state = state as number
        return grew
      },
      () => ({ state: 0 }),
    )
    const watch = new Watch([grows], view)
    for (const state of [1, 1, 3, 2, 4]) watch.look(node('n1', state))
    expect(watch.seen).toEqual({ 'it grew': 3 })
  })

  test('tells the first invariant that does not hold, and asks no sighting then', () => {
    const bad = (name: string) =>
      always(name, (_view, _memory, { state }) => (state === 2 ? `${name} broke` : undefined))
    const watch = new Watch([bad('one'), sometimes('any', () => true), bad('two')], view)
    expect(watch.look(node('n1', 1))).toBe(undefined)
    expect(watch.look(node('n1', 2))).toEqual({ property: 'one', wrong: 'one broke' })
    expect(watch.seen).toEqual({ any: 1 })
  })

  test('asks what stands behind a gate only where it opens, and all else after every event', () => {
    const asked: string[] = []
    const asking = (name: string) =>
      always(name, (_view, _memory, { id }) => {
        asked.push(`${name} of ${id}`)
        return undefined
      })
    const [gated] = behind(stateChanged, [asking('gated')])
    const watch = new Watch([gated!, asking('free')], view)
    for (const [id, state] of [
      ['n1', 1],
      ['n1', 1],
      ['n2', 1],
      ['n1', 2],
    ] as const)
      watch.look(node(id, state))
    expect(asked).toEqual([
      'gated of n1',
      'free of n1',
      'free of n1',
      'gated of n2',
      'free of n2',
      'gated of n1',
      'free of n1',
    ])
  })

  test('looks through a gate once an event, however many properties stand behind it', () => {
    let looks = 0
    const counting: Gate = { memory: () => undefined, opens: () => ++looks > 0 }
    const watch = new Watch(behind(counting, [sometimes('a', () => true), sometimes('b', () => true)]), view)
    watch.look(node('n1', 1))
    expect({ looks, seen: watch.seen }).toEqual({ looks: 1, seen: { a: 1, b: 1 } })
  })

  test('asks a gate behind another only where that one opens', () => {
    const asked: string[] = []
    const opening = (name: string, opens: (state: number) => boolean, within?: Gate): Gate => ({
      ...(within === undefined ? {} : { within }),
      memory: () => undefined,
      opens: (_memory, { state }) => {
        asked.push(name)
        return opens(state as number)
      },
    })
    const outer = opening('outer', (state) => state > 1)
    const inner = opening('inner', (state) => state > 2, outer)
    const watch = new Watch(
      [...behind(inner, [sometimes('in', () => true)]), ...behind(outer, [sometimes('out', () => true)])],
      view,
    )
    for (const state of [1, 2, 3]) watch.look(node('n1', state))
    expect(asked).toEqual(['outer', 'outer', 'inner', 'outer', 'inner'])
    expect(watch.seen).toEqual({ out: 2, in: 1 })
  })
})
