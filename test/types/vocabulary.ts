import type { ClientMachine, Machine } from '../../sim/machine.ts'

/** The messages, the timers and the state that the type tests build machines from. */
export type Message = { readonly type: 'ping'; readonly count: number } | { readonly type: 'pong' }

export type Timer = 'tick' | { readonly type: 'retry'; readonly request: number }

export interface Counter {
  count: number
  readonly seen: Map<string, Set<number>>
  buffer: Uint8Array
  leader: string | undefined
}

export type Silent = Machine<Counter, Message>
export type Ticking = Machine<Counter, Message, Timer>
export type Client = ClientMachine<Counter, Message, Timer>

/** Every branch of a union is handled, or this does not compile. */
export function unreachable(rest: never): never {
  throw new Error(`not handled: ${String(rest)}`)
}

export function counter(): Counter {
  return { count: 0, seen: new Map(), buffer: new Uint8Array(8), leader: undefined }
}
