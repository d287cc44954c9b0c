import type { Tagged } from '../../sim/machine.ts'
import type { Schema } from '../../sim/protocol.ts'

export type HttpMethod = 'GET' | 'PUT' | 'POST' | 'DELETE'

/** What a request asks, checked and taken apart. */
export interface HttpQuestion {
  /** Pairs the answer with the request: the message must carry it, and so must the answer. */
  readonly id: number
  /** The parts of the path that the route names, percent-decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** What the route's `body` says: bytes, the data of its schema, or undefined where it takes none. */
  readonly body: unknown
}

/** A kind of request, and the message it becomes. */
export interface HttpRoute {
  readonly method: HttpMethod
  /** `/keys/:key`: parts that begin with a colon stand for any one part of a path. */
  readonly path: string
  /** `bytes`: whatever it is. A schema: JSON that fits it. Nothing: a request that brings a body is refused. */
  readonly body?: 'bytes' | Schema<unknown>
  /** How long its body may be, where that is not the edge's limit. */
  readonly mostBodyBytes?: number
  /** The message; or an answer at once, where the question already is wrong. */
  readonly ask: (question: HttpQuestion) => Tagged | HttpAnswer
}

/** An answer: text, bytes, or plain data that goes out as JSON. */
export interface HttpAnswer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Something that does not change: a page, its styles. */
export interface HttpPage {
  readonly contentType: string
  readonly content: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export type Found =
  | { readonly kind: 'route'; readonly route: HttpRoute; readonly parameters: Record<string, string> }
  | { readonly kind: 'wrong method'; readonly allowed: readonly string[] }
  | { readonly kind: 'nothing' }
  /** The path's percent signs do not spell UTF-8. */
  | { readonly kind: 'malformed' }

/** Routes by the shape of their paths. */
export class Routes {
  private readonly routes: readonly { readonly route: HttpRoute; readonly parts: readonly string[] }[]

  constructor(routes: readonly HttpRoute[]) {
    this.routes = routes.map((route) => ({ route, parts: route.path.split('/').slice(1) }))
  }

  find(method: string, path: string): Found {
    const parts = path.split('/').slice(1)
    const fitting = this.routes.filter((candidate) => fits(candidate.parts, parts))
    const match = fitting.find(({ route }) => route.method === method)
    if (match === undefined) {
      return fitting.length === 0
        ? { kind: 'nothing' }
        : { kind: 'wrong method', allowed: fitting.map(({ route }) => route.method) }
    }
    const parameters: Record<string, string> = {}
    for (const [place, part] of match.parts.entries()) {
      const value = part.startsWith(':') ? decoded(parts[place]!) : ''
      if (value === undefined) return { kind: 'malformed' }
      if (part.startsWith(':')) parameters[part.slice(1)] = value
    }
    return { kind: 'route', route: match.route, parameters }
  }
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  return (
    pattern.length === parts.length &&
    pattern.every((part, place) => (part.startsWith(':') ? parts[place] !== '' : part === parts[place]))
  )
}

/** Percent-decoded; undefined where that is no UTF-8. */
export function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
