import type { IncomingMessage } from 'node:http'
import { schemaWords } from '../schema-words.ts'
import type { HttpAnswer, HttpRoute } from './routes.ts'

export type Body = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly answer: HttpAnswer }

/** What the bodies that are coming in hold together. */
export interface BodyBytes {
  held: number
  readonly most: number
}

/** Reads a request's body as its route wants it, and no more of it than it may have. Never rejects. */
export async function bodyOf(
  request: IncomingMessage,
  route: HttpRoute,
  mostBytes: number,
  all: BodyBytes,
): Promise<Body> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > mostBytes) return tooLarge(mostBytes)
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      bytes += piece.length
      all.held += piece.length
      if (bytes > mostBytes) return tooLarge(mostBytes)
      if (all.held > all.most) return refused(503, 'too much is coming in at once; try again')
      pieces.push(piece)
    }
  } catch {
    return refused(400, 'the request ended early')
  } finally {
    all.held -= bytes
  }
  if (route.body === undefined) {
    return bytes === 0 ? { ok: true, body: undefined } : refused(400, 'this takes no body: leave it out')
  }
  const content = Buffer.concat(pieces, bytes)
  return route.body === 'bytes' ? { ok: true, body: new Uint8Array(content) } : fromJson(content, route.body)
}

function fromJson(content: Buffer, schema: Exclude<HttpRoute['body'], 'bytes' | undefined>): Body {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content))
  } catch {
    return refused(400, 'the body is no JSON')
  }
  const parsed = schema.safeParse(value)
  return parsed.success
    ? { ok: true, body: parsed.data }
    : refused(400, `the body is not what is asked for: ${schemaWords(parsed.error)}`)
}

function tooLarge(mostBytes: number): Body {
  return refused(413, `a body of at most ${mostBytes} bytes is taken`)
}

function refused(status: number, error: string): Body {
  return { ok: false, answer: { status, body: { error } } }
}
