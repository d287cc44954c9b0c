import { utf8Length } from '../../sim/utf8.ts'
import type { Member } from './member.ts'

/** The clock of what a client has read, as it gets it and gives it back. */
export type Context = readonly (readonly [actor: string, count: number])[]

/** What clients ask of the contents. */
export type KeyRequest =
  | { readonly type: 'GET'; readonly key: string }
  /** Without a context it replaces what the node that writes it knows; with one, what its client has read. */
  | { readonly type: 'PUT'; readonly key: string; readonly value: string; readonly context?: Context }
  | { readonly type: 'DELETE'; readonly key: string; readonly context?: Context }

/** What administrators ask of a node. */
export type AdminRequest =
  | { readonly type: 'EVENTS' }
  /** The asked node joins, where it is no member; a real process does so by itself when it starts. */
  | { readonly type: 'JOIN' }
  /** The asked node hands over what it holds, and leaves. */
  | { readonly type: 'SHUTDOWN' }
  | { readonly type: 'ADD'; readonly member: Member }
  /** Gives a member up for dead. */
  | { readonly type: 'REMOVE'; readonly nodeId: string }
  /** What the asked node itself holds, behind a position; of longer keys and values only as much as `cut` says. */
  | { readonly type: 'ITEMS'; readonly after?: string; readonly limit?: number; readonly cut?: number }
  | { readonly type: 'RING' }

export type DhtRequest = KeyRequest | AdminRequest

/** As HTTP has them: 404 is certain, 503 may be tried again. */
export type Status = 200 | 400 | 404 | 413 | 503

/** An event as it is shown: in chronological order, by the logical clock. */
export interface ShownEvent {
  readonly timestamp: number
  readonly type: 'ADD' | 'REMOVE'
  readonly nodeId: string
  readonly name: string
  readonly uri: string
  readonly tokens: readonly { readonly value: string }[]
}

export interface ShownItem {
  /** SHA-1 of the key. */
  readonly position: string
  readonly key: string
  readonly values: readonly string[]
  /** True where the node only keeps it until it has handed it over. */
  readonly isStray: boolean
}

export interface ShownMember {
  readonly nodeId: string
  readonly name: string
  readonly uri: string
  readonly tokens: readonly string[]
  readonly isSuspected: boolean
  readonly isSelf: boolean
}

export interface Answer {
  readonly status: Status
  /** What is wrong and what to do, where the status is not 200. */
  readonly message?: string
  /** All siblings of a key. */
  readonly values?: readonly string[]
  readonly context?: Context
  /**
   * True where the answer holds every write that was acknowledged before it was asked for. A 404 always does; other
   * answers do unless fewer replicas are asked than that needs.
   */
  readonly isComplete?: boolean
  readonly events?: readonly ShownEvent[]
  readonly items?: readonly ShownItem[]
  /** Where to go on, where there are more items. */
  readonly next?: string
  readonly members?: readonly ShownMember[]
}

export function unavailable(message: string): Answer {
  return { status: 503, message }
}

const TYPES = ['GET', 'PUT', 'DELETE'] as const

/** What a body of JSON asks for, or the answer that refuses it. */
export function parseRequest(body: unknown, maxBytes: number): { readonly request: KeyRequest } | Answer {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return bad('the body must be a JSON object')
  const { type, key, value, context } = body as Record<string, unknown>
  if (!TYPES.some((known) => known === type)) return bad(`"type" must be one of ${TYPES.join(', ')}`)
  if (typeof key !== 'string') return bad('"key" must be a string')
  if (type === 'PUT' && typeof value !== 'string') return bad('a PUT needs a "value", which must be a string')
  if (context !== undefined && !isContext(context)) return bad('"context" must be one that a GET has answered')
  const request = { type, key, ...(type === 'PUT' ? { value } : {}), ...(context === undefined ? {} : { context }) }
  return sizeRefusal(request as KeyRequest, maxBytes) ?? { request: request as KeyRequest }
}

/** 413 where the key or the value is longer than the node takes. */
export function sizeRefusal(request: KeyRequest, maxBytes: number): Answer | undefined {
  const tooLong = (what: string): Answer => ({ status: 413, message: `the ${what} is longer than ${maxBytes} bytes` })
  if (utf8Length(request.key) > maxBytes) return tooLong('key')
  if (request.type === 'PUT' && utf8Length(request.value) > maxBytes) return tooLong('value')
  return undefined
}

function bad(message: string): Answer {
  return { status: 400, message }
}

/** More writers than any key has, and more writes than anyone makes: who claims to have read more makes it up. */
export const MOST_CONTEXT_ENTRIES = 1_000
export const MOST_COUNT = 0x1_0000_0000_0000
const MOST_ACTOR_LENGTH = 128

function isContext(value: unknown): value is Context {
  return (
    Array.isArray(value) &&
    value.length <= MOST_CONTEXT_ENTRIES &&
    value.every(
      (entry) =>
        Array.isArray(entry) &&
        entry.length === 2 &&
        typeof entry[0] === 'string' &&
        entry[0] !== '' &&
        entry[0].length <= MOST_ACTOR_LENGTH &&
        Number.isSafeInteger(entry[1]) &&
        entry[1] > 0 &&
        entry[1] <= MOST_COUNT,
    )
  )
}
