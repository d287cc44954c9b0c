import { linearizable } from '../../../../checks/linearizability/linearizable.ts'
import { casRegister } from '../../../../checks/models/cas-register.ts'
import { sometimes } from '../../../../checks/property.ts'
import type { SmallSystem } from '../../../../explore/exhaustive/world.ts'
import type { AnyMachine, ClientMachine, Machine } from '../../../../sim/machine.ts'
import type { Protocol } from '../../../../sim/protocol.ts'

/** What clients of a register say to its servers, and hear; a register that was never written holds null. */
export type RegisterMessage =
  | { readonly type: 'put'; readonly request: number; readonly value: string }
  | { readonly type: 'get'; readonly request: number }
  | { readonly type: 'put ok'; readonly request: number }
  | { readonly type: 'get ok'; readonly request: number; readonly value: string | null }

interface ClientState {
  awaiting: number | null
  operations: number
}

/**
 * Writes a value of its own to one server, and once that is answered reads from the next: the client of stateright's
 * register examples (`register.rs`), which are numbered from 0, servers first.
 */
export function registerClient(index: number, servers: readonly string[]): ClientMachine<ClientState, RegisterMessage> {
  const server = (operation: number): string => servers[(index + operation) % servers.length]!
  return {
    start: (ctx) => {
      const value = String.fromCharCode('A'.charCodeAt(0) + index - servers.length)
      ctx.history.invoke(index, { action: 'write', value })
      ctx.send(server(0), { type: 'put', request: index, value })
      return { awaiting: index, operations: 1 }
    },
    onMessage: (state, ctx, _from, message) => {
      if (message.request !== state.awaiting) return
      if (message.type === 'put ok') {
        const request = 2 * index
        ctx.history.ok(state.awaiting, null)
        ctx.history.invoke(100 + index, { action: 'read' })
        ctx.send(server(state.operations), { type: 'get', request })
        state.awaiting = request
        state.operations++
      }
      if (message.type === 'get ok') {
        ctx.history.ok(100 + index, message.value)
        state.awaiting = null
        state.operations++
      }
    },
  }
}

export const registerTypes: Protocol = {
  put: { transport: 'datagram' },
  get: { transport: 'datagram' },
  'put ok': { transport: 'datagram' },
  'get ok': { transport: 'datagram' },
}

/** Two clients and some servers; what they must be is linearizable. */
export function registerSystem(
  count: number,
  server: (id: string, servers: readonly string[]) => AnyMachine,
  types: Protocol = {},
): SmallSystem {
  const servers = Array.from({ length: count }, (_, index) => `s${index}`)
  return {
    protocol: { ...registerTypes, ...types },
    nodes: [
      ...servers.map((id) => ({ id, role: 'server', machine: () => server(id, servers) })),
      ...[0, 1].map((client) => ({
        id: `c${client}`,
        role: 'client',
        machine: () => registerClient(count + client, servers),
      })),
    ],
    properties: [
      linearizable(casRegister),
      sometimes('a client has read a value', (_view, _memory, { role, state }) => {
        return role === 'client' && (state as ClientState).awaiting === null
      }),
    ],
  }
}

/** A server that knows of no other: linearizable only where it is the only one (`single-copy-register.rs`). */
export function singleCopy(): Machine<{ value: string | null }, RegisterMessage> {
  return {
    start: () => ({ value: null }),
    onMessage: (state, ctx, from, message) => {
      if (message.type === 'put') {
        state.value = message.value
        ctx.send(from, { type: 'put ok', request: message.request })
      }
      if (message.type === 'get') ctx.send(from, { type: 'get ok', request: message.request, value: state.value })
    },
  }
}
