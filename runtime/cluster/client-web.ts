import type { Address, Tagged } from '../../sim/machine.ts'
import { HttpEdge } from '../http/http-edge.ts'
import type { HttpAnswer, HttpQuestion } from '../http/routes.ts'
import type { ClientRequest, Shown, SystemClient, SystemWeb, WebRoute } from '../systems/system.ts'

/** The client itself gives up on a request long before, and then says what is known of it. */
const ANSWER_MS = 120_000
const BODY_BYTES = 256 * 1024
/** Names of the loopback interface: another name that leads there was made for some other site's page. */
const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

interface Asked {
  readonly request: ClientRequest
  readonly route: WebRoute
}

/** The client of a system for a browser and for programs: its page, and its words as HTTP requests. */
export function clientWeb(client: SystemClient<unknown>, web: SystemWeb, listen: Address): HttpEdge {
  const waiting = new Map<number, Asked>()
  const ask = (route: WebRoute, question: HttpQuestion): Tagged | HttpAnswer => {
    const words = route.words(question)
    const request = typeof words === 'string' ? words : client.parse(words)
    if (typeof request === 'string') return { status: 400, body: { error: request } }
    waiting.set(question.id, { request, route })
    return request.message(question.id)
  }
  return new HttpEdge({
    listen,
    ...(isLoopback(listen) ? { names: LOOPBACK_NAMES } : {}),
    pages: { '/': web.page },
    limits: { answerMs: ANSWER_MS, bodyBytes: BODY_BYTES },
    routes: web.routes.map((route) => ({ ...route, ask: (question: HttpQuestion) => ask(route, question) })),
    answer: (message) => {
      const id = client.idOf(message)
      const asked = id === undefined ? undefined : waiting.get(id)
      if (id === undefined || asked === undefined) return undefined
      waiting.delete(id)
      return { id, answer: answerOf(asked.request.read(message), asked.route) }
    },
  })
}

export function isLoopback({ host }: Address): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function answerOf({ outcome, text, document }: Shown, { statusOfNo }: WebRoute): HttpAnswer {
  const status = { yes: 200, no: statusOfNo, failed: 503, unknown: 504 }[outcome]
  return {
    status,
    body: { outcome, ...document, ...(status === 200 ? {} : { error: text }) },
    headers: { 'cache-control': 'no-store' },
  }
}
