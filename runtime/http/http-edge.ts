import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Address, Millis, Tagged } from '../../sim/machine.ts'
import type { PeerService } from '../host/services.ts'
import { listenError } from '../net/listen-error.ts'
import { bodyOf, type BodyBytes } from './body.ts'
import { decoded, Routes, type HttpAnswer, type HttpPage, type HttpQuestion, type HttpRoute } from './routes.ts'

export interface HttpLimits {
  readonly bodyBytes: number
  /** What the bodies of all requests that are still coming in may have together. */
  readonly allBodiesBytes: number
  readonly headerBytes: number
  /** Requests that wait for their answer at a time; one more is told to come again. */
  readonly inFlight: number
  readonly connections: number
  /** How long a request may take to come in, and how long its answer may take to come back. */
  readonly requestMs: Millis
  readonly answerMs: Millis
}

export const defaultHttpLimits: HttpLimits = {
  bodyBytes: 1024 * 1024,
  allBodiesBytes: 256 * 1024 * 1024,
  headerBytes: 16 * 1024,
  inFlight: 1_024,
  connections: 1_024,
  requestMs: 10_000,
  answerMs: 10_000,
}

export interface HttpEdgeOptions {
  /** Left out where it is handed connections: see `accept`. */
  readonly listen?: Address
  readonly routes: readonly HttpRoute[]
  /** Which request a message of the machine answers, and how; undefined where it answers none. */
  readonly answer: (message: Tagged) => { readonly id: number; readonly answer: HttpAnswer } | undefined
  /** The only names it may be asked under, as a request's host says them; any unless given. */
  readonly names?: readonly string[]
  /** By path. */
  readonly pages?: Readonly<Record<string, HttpPage>>
  readonly limits?: Partial<HttpLimits>
}

interface Waiting {
  readonly response: ServerResponse
  readonly timeout: NodeJS.Timeout
}

/**
 * HTTP clients as one peer of a machine: each request becomes a message with a number, and the message that carries
 * the number back becomes its answer. In simulation the same messages come from a machine that plays the clients.
 *
 * Statuses of its own: 400 malformed, 403 asked by a page of another site in somebody's browser, 404 no such route, 405
 * another method, 408 too slow, 413 too long, 431 headers too long, 503 too many at once or the node is ending, 504 no
 * answer in time. Errors are `{"error": "a sentence"}`.
 */
export class HttpEdge implements PeerService {
  private readonly options: HttpEdgeOptions
  private readonly limits: HttpLimits
  private readonly routes: Routes
  private readonly waiting = new Map<number, Waiting>()
  private readonly server: Server
  private deliver: ((message: Tagged) => boolean) | undefined
  /** Begins at random: a late answer to an earlier incarnation's request is nobody's. */
  private nextId = Math.floor(Math.random() * 2 ** 40) * 1_024
  private listening: Address | undefined
  private readonly bodies: BodyBytes
  private connections = 0

  constructor(options: HttpEdgeOptions) {
    this.options = options
    this.limits = { ...defaultHttpLimits, ...options.limits }
    this.bodies = { held: 0, most: this.limits.allBodiesBytes }
    this.routes = new Routes(options.routes)
    const { headerBytes, requestMs, connections } = this.limits
    this.server = createServer(
      {
        maxHeaderSize: headerBytes,
        requestTimeout: requestMs,
        headersTimeout: requestMs,
        connectionsCheckingInterval: Math.min(1_000, requestMs),
      },
      (request, response) => void this.onRequest(request, response),
    )
    this.server.maxConnections = connections
    // Who has said all may close its half of the connection, and still waits for the answer.
    Object.assign(this.server, { httpAllowHalfOpen: true })
    this.server.on('clientError', refuseBytes)
  }

  /** Where it listens; undefined before it does. */
  get address(): Address | undefined {
    return this.listening
  }

  start(deliver: (message: Tagged) => boolean): Promise<void> {
    this.deliver = deliver
    if (this.options.listen === undefined) return Promise.resolve()
    const { host, port } = this.options.listen
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => reject(listenError({ host, port }, error))
      this.server.once('error', refuse)
      this.server.listen(port, host, () => {
        this.server.off('error', refuse)
        this.listening = { host, port: (this.server.address() as { readonly port: number }).port }
        resolve()
      })
    })
  }

  /** Takes a connection that came in elsewhere. */
  accept(socket: Socket): void {
    // A server that listens by itself counts connections and looks for slow ones from this event on.
    if (this.connections === 0) this.server.emit('listening')
    if (this.connections >= this.limits.connections) {
      socket.destroy()
      return
    }
    this.connections++
    socket.allowHalfOpen = true
    socket.once('close', () => this.connections--)
    this.server.emit('connection', socket)
  }

  receive(message: Tagged): void {
    const answered = this.options.answer(message)
    if (answered !== undefined) this.settle(answered.id, answered.answer)
  }

  async stop(): Promise<void> {
    for (const id of this.waiting.keys()) this.settle(id, unavailable('the node is ending'))
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => {
        this.server.closeAllConnections()
        resolve()
      }, 100)
      this.server.close(() => {
        // One that does not listen is closed at once, whoever is still connected.
        if (this.connections > 0) return
        clearTimeout(late)
        resolve()
      })
      this.server.closeIdleConnections()
    })
  }

  private async onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.ask(request, response)
    if (answer !== undefined) respond(response, answer)
  }

  /** An answer at once; undefined where the machine was asked. */
  private async ask(request: IncomingMessage, response: ServerResponse): Promise<HttpAnswer | undefined> {
    const { method = 'GET', url = '/' } = request
    if (!this.isAskedByName(request)) return problem(403, 'this is not the name of this node: ask by its address')
    if (isOfAnotherSite(request)) return problem(403, 'a page of another site may not ask this')
    const [path = '/', search = ''] = url.split(/\?(.*)/s)
    const page = this.options.pages?.[path]
    if (page !== undefined && (method === 'GET' || method === 'HEAD')) {
      return { status: 200, body: page.content, headers: { 'content-type': page.contentType, ...page.headers } }
    }
    const found = this.routes.find(method, path)
    const query = queryOf(search)
    if (found.kind === 'malformed') return problem(400, 'the path is no percent-encoded UTF-8')
    if (typeof query === 'string') return problem(400, query)
    if (found.kind === 'nothing') return problem(404, 'there is nothing at this path')
    if (found.kind === 'wrong method') {
      const allow = found.allowed.join(', ')
      return { ...problem(405, `this path takes ${allow}`), headers: { allow } }
    }
    if (this.waiting.size >= this.limits.inFlight) return unavailable('too many requests at once')
    const { parameters, route } = found
    const body = await bodyOf(request, route, route.mostBodyBytes ?? this.limits.bodyBytes, this.bodies)
    if (!body.ok) return body.answer
    if (this.deliver === undefined) return unavailable('the node is starting')
    const id = this.nextId++
    const question: HttpQuestion = { id, parameters, query, body: body.body }
    const message = route.ask(question)
    if (!('type' in message)) return message
    this.wait(id, response)
    if (!this.deliver(message)) this.settle(id, unavailable('the node is ending'))
    return undefined
  }

  /** A site's name may be made to lead here while its page is open: then the page would pass for this node's own. */
  private isAskedByName({ headers: { host = '' } }: IncomingMessage): boolean {
    return this.options.names?.includes(host.replace(/:\d+$/, '')) ?? true
  }

  private wait(id: number, response: ServerResponse): void {
    const timeout = setTimeout(() => this.settle(id, problem(504, 'no answer in time')), this.limits.answerMs)
    this.waiting.set(id, { response, timeout })
    response.on('close', () => this.forget(id))
  }

  private settle(id: number, answer: HttpAnswer): void {
    const waiting = this.waiting.get(id)
    if (waiting === undefined) return
    this.forget(id)
    respond(waiting.response, answer)
  }

  private forget(id: number): void {
    clearTimeout(this.waiting.get(id)?.timeout)
    this.waiting.delete(id)
  }
}

/**
 * A browser carries requests of any page to any address, those of the loopback interface too, and says whose page it
 * is. Who is no browser says nothing.
 */
function isOfAnotherSite({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  if (origin !== undefined) return !URL.canParse(origin) || new URL(origin).host !== host
  return site === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate'
}

/** Its names and values; or, in words, why it has none that can be told. */
function queryOf(text: string): Record<string, string> | string {
  const query: Record<string, string> = {}
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const [before = '', behind = ''] = pair.replaceAll('+', ' ').split(/=(.*)/s)
    const [name, value] = [decoded(before), decoded(behind)]
    if (name === undefined || value === undefined) return 'the query is no percent-encoded UTF-8'
    if (Object.hasOwn(query, name)) return `the query names ${name.slice(0, 64)} twice`
    Object.defineProperty(query, name, { value, enumerable: true })
  }
  return query
}

function problem(status: number, error: string): HttpAnswer {
  return { status, body: { error } }
}

function unavailable(error: string): HttpAnswer {
  return { ...problem(503, error), headers: { 'retry-after': '1' } }
}

const PARSER_ERRORS: Readonly<Record<string, readonly [status: string, error: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not come in in time'],
}

/** What came in is no request that could be asked, so it is answered without one. */
function refuseBytes({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, error] = PARSER_ERRORS[code] ?? ['400 Bad Request', 'this is no request of HTTP']
  const body = `${JSON.stringify({ error })}\n`
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ]
  socket.end([...head, '', body].join('\r\n'), () => socket.destroy())
}

function respond(response: ServerResponse, { status, body, headers = {} }: HttpAnswer): void {
  if (response.destroyed || response.writableEnded) return
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body === undefined
  const contentType = isRaw ? 'application/octet-stream' : 'application/json'
  const bytes = isRaw ? Buffer.from(body ?? '') : Buffer.from(`${JSON.stringify(body)}\n`)
  // Who sends what is not read any more must not use the connection again.
  const ending = response.req.complete ? {} : { connection: 'close' }
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': bytes.length,
    'x-content-type-options': 'nosniff',
    ...ending,
    ...headers,
  })
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}
