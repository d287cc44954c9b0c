import { protocol } from '../../sim/protocol.ts'
import type { AnyMachine, Machine } from '../../sim/machine.ts'
import { counter, unreachable } from './vocabulary.ts'
import type { Client, Message, Silent, Ticking } from './vocabulary.ts'

/** What must compile. */

export const silent: Silent = {
  start: () => counter(),
  onMessage: (state, ctx, from, message) => {
    if (message.type === 'ping') ctx.send(from, { type: 'pong' })
    else state.count += 1
  },
}

export const ticking: Ticking = {
  start: (ctx) => {
    ctx.setTimer('tick', [150, 300])
    ctx.setTimer({ type: 'retry', request: 7 }, 20)
    return counter()
  },
  onMessage: (state, _ctx, _from, message) => {
    switch (message.type) {
      case 'ping':
        state.count += message.count
        return
      case 'pong':
        return
      default:
        unreachable(message)
    }
  },
  onTimer: (state, ctx, timer) => {
    if (timer === 'tick') state.count += 1
    else ctx.cancelTimer({ type: 'retry', request: timer.request })
  },
  onPeer: (state, _ctx, peer, status) => {
    state.leader = status === 'up' ? peer : undefined
  },
}

export const client: Client = {
  start: (ctx) => {
    ctx.history.info(1, 'restarted')
    return counter()
  },
  onMessage: () => undefined,
  onTimer: () => undefined,
}

/** A state of plain data with every shape that is allowed. */
interface Plentiful {
  readonly list: readonly { readonly id: number }[]
  readonly table: ReadonlyMap<string, readonly [number, bigint]>
  readonly choice: { readonly kind: 'a' } | { readonly kind: 'b'; readonly at: number }
  readonly maybe?: string
}

export const plentiful: Machine<Plentiful, Message> = {
  start: () => ({ list: [{ id: 1 }], table: new Map([['a', [1, 2n]]]), choice: { kind: 'a' } }),
  onMessage: () => undefined,
}

export const erased: readonly AnyMachine[] = [silent, ticking, client, plentiful]

export const messages = protocol<Message>({
  ping: { transport: 'datagram', identity: (message) => message.count },
  pong: { transport: 'stream' },
})
