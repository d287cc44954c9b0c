import { linearizable } from '../../../../checks/linearizability/linearizable.ts'
import { casRegister } from '../../../../checks/models/cas-register.ts'
import type { SmallSystem } from '../../../../explore/exhaustive/world.ts'
import { workloadClient } from '../../../../nodes/workload-client.ts'
import type { Machine } from '../../../../sim/machine.ts'
import { protocol } from '../../../../sim/protocol.ts'

type Input = { readonly action: 'read' } | { readonly action: 'write'; readonly value: number }

type Message =
  | { readonly type: 'ask'; readonly id: number; readonly input: Input }
  | { readonly type: 'answer'; readonly id: number; readonly value: number | null }

/** When a server answers a write: after its sync, before it, or without one. */
export type Durability = 'after the sync' | 'before the sync' | 'without a sync'

function server(durability: Durability): Machine<{ value: number | null }, Message> {
  return {
    start: (ctx) => ({ value: ctx.disk.read('value')?.[0] ?? null }),
    onMessage: (state, ctx, from, message) => {
      if (message.type !== 'ask') return
      const { id, input } = message
      if (input.action === 'write') {
        state.value = input.value
        ctx.disk.write('value', 0, new Uint8Array([input.value]))
        if (durability === 'before the sync') ctx.send(from, { type: 'answer', id, value: null })
        if (durability !== 'without a sync') ctx.disk.sync()
        if (durability === 'before the sync') return
      }
      ctx.send(from, { type: 'answer', id, value: input.action === 'read' ? state.value : null })
    },
  }
}

/** One server that keeps a value on its disk, and one client that writes 7 and then reads. */
export function keeper(durability: Durability): SmallSystem {
  const inputs: readonly Input[] = [{ action: 'write', value: 7 }, { action: 'read' }]
  return {
    protocol: protocol<Message>({ ask: { transport: 'datagram' }, answer: { transport: 'datagram' } }),
    nodes: [
      { id: 'n1', role: 'server', machine: () => server(durability) },
      {
        id: 'c1',
        role: 'client',
        machine: () =>
          workloadClient<Message, Input>({
            operations: inputs.map((input, id) => ({ id, atMs: 0, input })),
            servers: ['n1'],
            timeoutMs: 100,
            request: ({ id, input }) => ({ type: 'ask', id, input }),
            reply: (message) =>
              message.type === 'answer' ? { operation: message.id, outcome: 'ok', output: message.value } : undefined,
          }),
      },
    ],
    properties: [linearizable(casRegister)],
  }
}
