import { connect, type Socket } from 'node:net'

/** What one client asks, over and over, over one connection that stays open. */
export interface HttpClient {
  readonly port: number
  /** JSON that is posted to `/`, one after the other and then from the first again. */
  readonly bodies: readonly string[]
}

export interface HttpMeasured {
  readonly answers: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const END_OF_HEAD = '\r\n\r\n'

/**
 * Clients that each ask again as soon as they are answered. They write and read HTTP by hand, as a real client would
 * take more of the processor than what is measured.
 */
export async function httpLoad(
  clients: readonly HttpClient[],
  warmMs: number,
  measuredMs: number,
  begins: () => Promise<void> = async () => undefined,
): Promise<HttpMeasured> {
  let latenciesMs: number[] = []
  let failure: Error | undefined
  const fail = (error: Error): void => {
    failure ??= error
  }
  const sockets = await Promise.all(clients.map(({ port }) => connected(port)))
  try {
    for (const [place, socket] of sockets.entries()) {
      converse(socket, requestsOf(clients[place]!), (tookMs) => latenciesMs.push(tookMs), fail)
    }
    await new Promise((resolve) => setTimeout(resolve, warmMs))
    await begins()
    latenciesMs = []
    const startedMs = performance.now()
    await new Promise((resolve) => setTimeout(resolve, measuredMs))
    const seconds = (performance.now() - startedMs) / 1000
    if (failure !== undefined) throw failure
    const sorted = latenciesMs.sort((one, other) => one - other)
    const quantile = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? Infinity
    return { answers: sorted.length, perSecond: sorted.length / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) }
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

function requestsOf({ port, bodies }: HttpClient): readonly Buffer[] {
  return bodies.map((body) => {
    const head = [
      'POST / HTTP/1.1',
      `host: 127.0.0.1:${port}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
    ]
    return Buffer.from(head.join('\r\n') + END_OF_HEAD + body)
  })
}

function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket))
  })
}

function converse(
  socket: Socket,
  requests: readonly Buffer[],
  onAnswer: (tookMs: number) => void,
  onFailure: (error: Error) => void,
): void {
  let next = 0
  let askedMs = 0
  let text = ''
  const ask = (): void => {
    askedMs = performance.now()
    socket.write(requests[next++ % requests.length]!)
  }
  socket.on('error', onFailure)
  socket.on('end', () => onFailure(new Error('a connection was closed')))
  // Answers are ASCII, so that characters count bytes.
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece
    const headEnd = text.indexOf(END_OF_HEAD)
    if (headEnd === -1) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0)
    if (text.length < headEnd + END_OF_HEAD.length + length) return
    if (!text.startsWith('HTTP/1.1 200 ')) {
      onFailure(new Error(`an answer was not 200: ${text.slice(0, 400)}`))
      return
    }
    text = ''
    onAnswer(performance.now() - askedMs)
    ask()
  })
  ask()
}
