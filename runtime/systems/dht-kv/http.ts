import { z } from 'zod'
import type { Member } from '../../../nodes/dht/member.ts'
import type { ClientAnswer, ClientRequest } from '../../../nodes/dht/messages.ts'
import { type Answer, type DhtRequest, parseRequest } from '../../../nodes/dht/requests.ts'
import { addSchema } from '../../../nodes/dht/schemas.ts'
import type { HttpEdgeOptions } from '../../http/http-edge.ts'
import type { HttpAnswer, HttpQuestion, HttpRoute } from '../../http/routes.ts'
import { schemaWords } from '../../schema-words.ts'
import { parseNodeUrl } from '../../net/node-url.ts'
import type { DhtParameters } from './parameters.ts'
import { ringPage } from './page/document.ts'

/** A character of a text may take six in JSON: \u0000. */
const MOST_ESCAPE = 6
/** What a request has beside key and value: most of it is the context. */
const ENVELOPE_BYTES = 256 * 1024
/** The HTTP edge gives up after the table has. */
const SLACK_MS = 5_000
const ADMIN_BYTES = 256 * 1024
const MOST_ITEMS = 200

/** Any JSON: what is wrong with it is said in the table's own words. */
const anything = { safeParse: (value: unknown) => ({ success: true as const, data: value }) }

/** What people and programs ask a node: one endpoint for keys, and a few for those who look after the ring. */
export function dhtHttp({ MAX_BYTES, REQUEST_TIMEOUT }: DhtParameters): Omit<HttpEdgeOptions, 'listen'> {
  const route = (
    method: HttpRoute['method'],
    path: string,
    requestOf: (question: HttpQuestion) => DhtRequest | HttpAnswer,
    more: Partial<HttpRoute> = {},
  ): HttpRoute => ({
    method,
    path,
    ...more,
    ask: (question) => {
      const request = requestOf(question)
      if ('status' in request) return request
      return { type: 'Request', id: question.id, request } satisfies ClientRequest
    },
  })
  const keyBytes = 2 * MOST_ESCAPE * MAX_BYTES + ENVELOPE_BYTES
  return {
    pages: { '/ui': ringPage },
    limits: { answerMs: 2 * REQUEST_TIMEOUT + SLACK_MS, requestMs: 60_000 },
    routes: [
      route('POST', '/', ({ body }) => keyRequest(body, MAX_BYTES), { body: anything, mostBodyBytes: keyBytes }),
      route('GET', '/events', () => ({ type: 'EVENTS' })),
      route('POST', '/events', ({ body }) => changeOf(body), { body: anything, mostBodyBytes: ADMIN_BYTES }),
      route('POST', '/shutdown', () => ({ type: 'SHUTDOWN' })),
      route('GET', '/ring', () => ({ type: 'RING' })),
      route('GET', '/items', ({ query }) => itemsRequest(query)),
    ],
    answer: (message) => {
      if (message.type !== 'Answer') return undefined
      const { id, answer } = message as ClientAnswer
      return { id, answer: httpAnswer(answer) }
    },
  }
}

function keyRequest(body: unknown, maxBytes: number): DhtRequest | HttpAnswer {
  const parsed = parseRequest(body, maxBytes)
  return 'request' in parsed ? parsed.request : httpAnswer(parsed)
}

/** An administrator's word, as `GET /events` shows events: a whole one to add a node, type and nodeId to remove one. */
const change = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('ADD'),
    nodeId: z.string(),
    name: z.string(),
    uri: z.string(),
    tokens: z.array(z.strictObject({ value: z.string() })),
  }),
  z.looseObject({ type: z.literal('REMOVE'), nodeId: z.string() }),
])

function changeOf(body: unknown): DhtRequest | HttpAnswer {
  const parsed = change.safeParse(body)
  if (!parsed.success) return refused(parsed.error)
  if (parsed.data.type === 'REMOVE') return { type: 'REMOVE', nodeId: parsed.data.nodeId }
  const { nodeId, name, uri, tokens } = parsed.data
  try {
    const member: Member = { id: nodeId, name, uri: parseNodeUrl(uri), tokens: tokens.map(({ value }) => value) }
    const checked = addSchema.safeParse({ type: 'ADD', member })
    return checked.success ? checked.data : refused(checked.error)
  } catch (error) {
    return { status: 400, body: { error: (error as Error).message } }
  }
}

function refused(error: z.ZodError): HttpAnswer {
  const wanted =
    'the body must be an event, as GET /events shows them; to remove a node, "type" and "nodeId" are enough'
  return { status: 400, body: { error: `${wanted}: ${schemaWords(error)}` } }
}

function itemsRequest({ after, limit, cut }: Readonly<Record<string, string>>): DhtRequest | HttpAnswer {
  if (after !== undefined && !/^[0-9a-f]{40}$/.test(after)) {
    return { status: 400, body: { error: '"after" must be the "next" of the page before' } }
  }
  for (const [name, number] of Object.entries({ limit, cut })) {
    if (number === undefined || /^[1-9]\d{0,3}$/.test(number)) continue
    return { status: 400, body: { error: `"${name}" must be a whole number from 1 to 9999` } }
  }
  return {
    type: 'ITEMS',
    ...(after === undefined ? {} : { after }),
    limit: Number(limit ?? MOST_ITEMS),
    ...(cut === undefined ? {} : { cut: Number(cut) }),
  }
}

const RETRY = { headers: { 'retry-after': '1' } }

/** The table's answer as one of HTTP. Of several concurrent values `value` is the same one everywhere. */
export function httpAnswer({ status, message, values, events, items, next, members, ...rest }: Answer): HttpAnswer {
  if (status !== 200) return { status, body: { error: message }, ...(status === 503 ? RETRY : {}) }
  if (events !== undefined) return { status, body: events }
  if (members !== undefined) return { status, body: { members } }
  if (items !== undefined) return { status, body: { items, next: next ?? null } }
  if (values === undefined) return { status, body: {} }
  const [value] = [...values].sort()
  return { status, body: { value, values, ...rest } }
}
