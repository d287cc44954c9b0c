import { protocol } from '../../sim/protocol.ts'
import type { Machine } from '../../sim/machine.ts'
import { counter, unreachable } from './vocabulary.ts'
import type { Client, Counter, Message, Silent, Ticking, Timer } from './vocabulary.ts'

/** What must not compile: an expectation that is not needed is an error by itself. */

const onMessage = (): void => undefined
const onTimer = (): void => undefined

export const ignoresPong: Silent = {
  start: () => counter(),
  // @ts-expect-error a handler that knows only some of the messages
  onMessage: (_state: Counter, _ctx: unknown, _from: string, _message: { type: 'ping'; count: number }) => undefined,
}

export const forgetsPong: Silent = {
  start: () => counter(),
  onMessage: (_state, _ctx, _from, message) => {
    switch (message.type) {
      case 'ping':
        return
      default:
        // @ts-expect-error a message type without a branch
        unreachable(message)
    }
  },
}

// @ts-expect-error timers without onTimer
export const noOnTimer: Ticking = { start: () => counter(), onMessage }

// @ts-expect-error onTimer without timers
export const noTimers: Silent = { start: () => counter(), onMessage, onTimer }

export const ignoresRetry: Ticking = {
  start: () => counter(),
  onMessage,
  // @ts-expect-error a handler that knows only some of the timers
  onTimer: (_state: Counter, _ctx: unknown, _timer: 'tick') => undefined,
}

interface WithFunction {
  readonly count: number
  readonly callback: () => void
}

export const functionInState: Machine<WithFunction, Message> = {
  // @ts-expect-error a function in the state
  start: () => ({ count: 0, callback: () => undefined }),
  onMessage,
}

class Account {
  balance = 0
  deposit(amount: number): void {
    this.balance += amount
  }
}

export const classAsState: Machine<Account, Message> = {
  // @ts-expect-error a class with methods as the state
  start: () => new Account(),
  onMessage,
}

export const classDeepInState: Machine<{ readonly accounts: Map<string, { readonly owner: Account }> }, Message> = {
  // @ts-expect-error a class with methods inside a Map in the state
  start: () => ({ accounts: new Map() }),
  onMessage,
}

export const promiseInState: Machine<{ readonly later: Promise<number> }, Message> = {
  // @ts-expect-error a promise in the state
  start: () => ({ later: Promise.resolve(1) }),
  onMessage,
}

export const wrongMessage: Silent = {
  start: (ctx) => {
    // @ts-expect-error a message that the protocol does not have
    ctx.send('n2', { type: 'pang' })
    return counter()
  },
  onMessage,
}

export const wrongTimer: Ticking = {
  start: (ctx) => {
    // @ts-expect-error a timer that was not declared
    ctx.setTimer('tock', 10)
    return counter()
  },
  onMessage,
  onTimer,
}

export const readOnly: Ticking = {
  start: (ctx) => {
    // @ts-expect-error the clock belongs to the world
    ctx.now = 5
    return counter()
  },
  onMessage,
  onTimer,
}

export const serverWithHistory: Silent = {
  start: (ctx) => {
    // @ts-expect-error only clients record history
    ctx.history.ok(1, 2)
    return counter()
  },
  onMessage,
}

// @ts-expect-error a client has timers without onTimer too
export const clientWithoutOnTimer: Client = { start: () => counter(), onMessage }

// @ts-expect-error a message without a type
export type Untagged = Machine<Counter, { readonly count: number }>

// @ts-expect-error a timer that is neither a name nor a tagged record
export type NumberedTimer = Machine<Counter, Message, number>

export type Fine = Machine<Counter, Message, Timer>

// @ts-expect-error a message type that was not declared
export const forgotten = protocol<Message>({ ping: { transport: 'datagram' } })

export const wrongTransport = protocol<Message>({
  // @ts-expect-error a transport that does not exist
  ping: { transport: 'pigeon' },
  pong: { transport: 'stream' },
})
