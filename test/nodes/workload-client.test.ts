import { describe, expect, test } from 'vitest'
import { workloadClient, type WorkloadClientOptions } from '../../nodes/workload-client.ts'
import type { Machine } from '../../sim/machine.ts'
import { protocol } from '../../sim/protocol.ts'
import { World } from '../../sim/world.ts'

type Message =
  | { readonly type: 'ask'; readonly id: number; readonly input: number }
  | { readonly type: 'done'; readonly id: number; readonly output: number }
  | { readonly type: 'refused'; readonly id: number }

const messages = protocol<Message>({
  ask: { transport: 'datagram', identity: ({ id }) => id },
  done: { transport: 'datagram', identity: ({ id }) => id },
  refused: { transport: 'datagram', identity: ({ id }) => id },
})

/** Answers with the double; refuses what is negative. */
function doubler(): Machine<null, Message> {
  return {
    start: () => null,
    onMessage: (_state, ctx, from, message) => {
      if (message.type !== 'ask') return
      const { id, input } = message
      ctx.send(from, input < 0 ? { type: 'refused', id } : { type: 'done', id, output: 2 * input })
    },
  }
}

function worldOf(inputs: readonly number[], more: Partial<WorkloadClientOptions<Message, number>> = {}): World {
  const servers = ['n1', 'n2']
  const operations = inputs.map((input, index) => ({ id: index, atMs: 100 * (index + 1), input }))
  const client = () =>
    workloadClient<Message, number>({
      operations,
      servers,
      timeoutMs: 50,
      request: ({ id, input }) => ({ type: 'ask', id, input }),
      reply: (message) => {
        if (message.type === 'done') return { operation: message.id, outcome: 'ok', output: message.output }
        return message.type === 'refused' ? { operation: message.id, outcome: 'fail', reason: 'negative' } : undefined
      },
      ...more,
    })
  return new World({
    seed: 1,
    protocol: messages,
    trace: true,
    network: { latencyMs: [2, 2], loss: 0, duplication: 0 },
    nodes: [
      ...servers.map((id) => ({ id, role: 'server', machine: doubler })),
      { id: 'c1', role: 'client', machine: client },
    ],
  })
}

const historyOf = (world: World) =>
  world.history.operations.map(({ id, outcome, output, invokedAtMs }) => ({ id, outcome, output, invokedAtMs }))

describe('a client of a workload', () => {
  test('asks in time, one after the other, and writes down the answers', () => {
    const world = worldOf([1, -1, 3])
    world.run(1000)
    expect(historyOf(world)).toEqual([
      { id: 0, outcome: 'ok', output: 2, invokedAtMs: 100 },
      { id: 1, outcome: 'fail', output: undefined, invokedAtMs: 200 },
      { id: 2, outcome: 'ok', output: 6, invokedAtMs: 300 },
    ])
  })

  test('takes the outcome for unknown where no answer comes, and goes on', () => {
    const world = worldOf([1, 2])
    let dropped = 0
    world.rule<Message>(() => (dropped++ === 0 ? 'drop' : 'pass'))
    world.run(1000)
    expect(historyOf(world).map(({ outcome }) => outcome)).toEqual(['info', 'ok'])
    expect(world.history.operations.map(({ process }) => process)).toEqual(['c1', 'c1/2'])
  })

  test('asks again as often as it may', () => {
    const world = worldOf([1], { attempts: 3 })
    let asked = 0
    world.rule<Message>(({ message }) => (message.type === 'ask' && ++asked < 3 ? 'drop' : 'pass'))
    world.run(1000)
    expect(historyOf(world)).toEqual([{ id: 0, outcome: 'ok', output: 2, invokedAtMs: 100 }])
  })

  test('ignores an answer to an operation that is over', () => {
    const world = worldOf([1, 2])
    world.rule<Message>(({ message }) => (message.type === 'done' && message.id === 0 ? { delayMs: 100 } : 'pass'))
    world.run(1000)
    expect(historyOf(world).map(({ outcome, output }) => [outcome, output])).toEqual([
      ['info', undefined],
      ['ok', 4],
    ])
  })

  test('goes on after a restart with what it had not begun, at the workload’s own pace', () => {
    const world = worldOf([1, 2, 3, 4])
    world.rule<Message>(({ message }) => (message.type === 'ask' && message.id === 1 ? 'drop' : 'pass'))
    world.run(210)
    world.inject({ kind: 'power-loss', node: 'c1', restartAfterMs: 50 })
    world.run(1000)
    expect(historyOf(world).map(({ id, outcome, invokedAtMs }) => [id, outcome, invokedAtMs])).toEqual([
      [0, 'ok', 100],
      [1, 'info', 200],
      [2, 'ok', 260],
      [3, 'ok', 360],
    ])
  })

  test('asks the server it is told to', () => {
    const world = worldOf([1, 2, 3, 4, 5, 6], { choose: ([first]) => first! })
    world.run(1000)
    const asked = world
      .trace!.events.filter(({ label, kind }) => label === 'ask' && kind === 'deliver')
      .map(({ node }) => node)
    expect(asked).toEqual(Array.from({ length: 6 }, () => 'n1'))
  })
})
