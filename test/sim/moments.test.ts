import { describe, expect, test } from 'vitest'
import { type Fault, NOTED } from '../../sim/faults.ts'
import { type Machine, type NodeId } from '../../sim/machine.ts'
import { World } from '../../sim/world.ts'

/** Notes 'beat' at 100, 200, 300 ms … of its own life. */
const metronome: Machine<{ beats: number }, { readonly type: 'none' }, 'beat'> = {
  start: (ctx) => {
    ctx.setTimer('beat', 100)
    return { beats: 0 }
  },
  onMessage: () => {},
  onTimer: (state, ctx) => {
    state.beats++
    ctx.note('beat')
    ctx.setTimer('beat', 100)
  },
}

function worldWith(faults: readonly Fault[], calmAtMs = 5000, nodes: readonly NodeId[] = ['n1']): World {
  return new World({
    seed: 1,
    protocol: { none: { transport: 'datagram' } },
    nodes: nodes.map((id) => ({ id, role: 'server', machine: () => metronome })),
    faults,
    calmAtMs,
  })
}

const killAtBeat = (occurrence: number, afterMs = 0): Fault => ({
  id: 1,
  kind: 'kill',
  node: NOTED,
  atMs: afterMs,
  when: { note: 'beat', occurrence },
})

describe('a fault that waits for a moment', () => {
  test('hits the node that wrote the note, once the handler that wrote it is over', () => {
    const world = worldWith([killAtBeat(3)])
    world.run(300)
    expect(world.state<{ beats: number }>('n1')).toEqual({ beats: 3 })
    world.run(300.001)
    expect(world.state('n1')).toBeUndefined()
  })

  test('comes as long after the note as its time says', () => {
    const world = worldWith([killAtBeat(2, 50)])
    world.run(249)
    expect(world.state('n1')).toBeDefined()
    world.run(251)
    expect(world.state('n1')).toBeUndefined()
  })

  test('is known afterwards as a fault like any other, whose plan is the same run', () => {
    const first = worldWith([killAtBeat(2, 50)])
    first.run(1000)
    expect(first.faultDriver.cameAbout).toEqual([{ id: 1, kind: 'kill', node: 'n1', atMs: 250 }])
    const second = worldWith(first.faultDriver.cameAbout)
    second.run(1000)
    expect(second.hash.hex).toBe(first.hash.hex)
  })

  test('never comes in the calm, nor where nobody writes the note', () => {
    const world = worldWith([killAtBeat(3), { ...killAtBeat(1), when: { note: 'elsewhere', occurrence: 1 } }], 250)
    world.run(1000)
    expect(world.faultDriver.cameAbout).toEqual([])
    expect(world.state<{ beats: number }>('n1')).toEqual({ beats: 10 })
  })

  test('spares the nodes that it is told to spare', () => {
    const world = worldWith([{ ...killAtBeat(1), when: { note: 'beat', occurrence: 1, spares: ['n1'] } }])
    world.run(1000)
    expect(world.state('n1')).toBeDefined()
  })

  test('cuts the writer off wherever the plan had put it', () => {
    const groups = [[NOTED], ['n1', 'n2', 'n3']]
    const cut: Fault = { id: 1, kind: 'partition', groups, atMs: 0, forMs: 100, when: { note: 'beat', occurrence: 2 } }
    const world = worldWith([cut], 5000, ['n1', 'n2', 'n3'])
    world.run(1000)
    expect(world.faultDriver.cameAbout).toEqual([
      { id: 1, kind: 'partition', groups: [['n2'], ['n1', 'n3']], atMs: 100.001, forMs: 100 },
    ])
  })
})
