import { World } from 'petrel'
import { describe, expect, test } from 'vitest'
import { counterProtocol, counterServer, valueOf, type CounterMessage, type CounterState } from './counter.ts'

/** The tests that one writes first. They pass with the bug as well. */
describe.each([{ answersEarly: false }, { answersEarly: true }])(
  'a counter that answers early: $answersEarly',
  ({ answersEarly }) => {
    const peers = ['n1', 'n2', 'n3']

    /** Three nodes, and a client that sends adds to them and keeps the answers. */
    function cluster(adds: readonly string[]): World {
      return new World({
        seed: 1,
        protocol: counterProtocol,
        nodes: [
          ...peers.map((id) => ({ id, role: 'server', machine: () => counterServer({ peers, answersEarly }) })),
          { id: 'c1', role: 'client', machine: () => adder(adds) },
        ],
      })
    }

    test('answers each add', () => {
      const world = cluster(['n1', 'n1', 'n2'])
      world.run(100)
      expect(world.state<Answers>('c1')).toEqual([0, 1, 2])
    })

    test('comes to the same value on all nodes', () => {
      const world = cluster(['n1', 'n1', 'n2', 'n3'])
      world.run(500)
      expect(peers.map((id) => valueOf(world.state<CounterState>(id)))).toEqual([4, 4, 4])
    })

    test('keeps its value when a node is restarted', () => {
      const world = cluster(['n1', 'n1'])
      world.run(50)
      world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 20 })
      world.run(500)
      expect(peers.map((id) => valueOf(world.state<CounterState>(id)))).toEqual([2, 2, 2])
    })
  },
)

type Answers = number[]

function adder(adds: readonly string[]) {
  return {
    start: (ctx: { send(to: string, message: CounterMessage): void }): Answers => {
      for (const [id, server] of adds.entries()) ctx.send(server, { type: 'add', id })
      return []
    },
    onMessage: (answers: Answers, _ctx: unknown, _from: string, message: CounterMessage): void => {
      if (message.type === 'added') answers.push(message.id)
    },
  }
}
