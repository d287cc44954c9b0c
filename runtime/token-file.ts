import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { LONGEST_TOKEN } from '../explore/token.ts'
import { UsageError } from '../explore/usage-error.ts'

/**
 * The token itself, or the file in the working folder that it was written to, where it is too long for a line;
 * `suffix` keeps the files of several runs of one seed apart.
 */
export function tokenForPeople(token: string, suffix?: string): string {
  if (token.length <= LONGEST_TOKEN) return token
  const [, scenario = 'run', seed = ''] = token.split('.')
  const path = `petrel-${scenario.replaceAll(/[^\w-]/g, '_')}-${seed}${suffix === undefined ? '' : `-${suffix}`}.token`
  try {
    writeFileSync(path, `${token}\n`)
    return path
  } catch {
    return token
  }
}

/** What a person gives to be replayed. */
export interface Recorded {
  readonly token: string
  /** What each event held and did, hashed, by event number less one: only a saved run has it. */
  readonly contents?: readonly number[]
}

/** A token, and for each event a hash of 8 hexadecimal digits, in one JSON document. */
export function savedRun({ token, contents = [] }: Recorded): string {
  const events = contents.map((hash) => (hash >>> 0).toString(16).padStart(8, '0'))
  return `${JSON.stringify({ schema: 1, token, events })}\n`
}

/**
 * The token that was given, or what the file holds that was: a token, a saved run, or a report with a token in it;
 * `FILE:3` is the third line of a corpus.
 */
export function recordedFrom(given: string): Recorded {
  if (/^v\d+\./.test(given.trim())) return { token: given.trim() }
  if (isFile(given)) return recordedIn(given, readFileSync(given, 'utf8').trim())
  const [, path = '', line = ''] = /^(.+):(\d+)$/.exec(given) ?? []
  if (isFile(path)) return recordedIn(given, readFileSync(path, 'utf8').split('\n')[Number(line) - 1]?.trim() ?? '')
  throw new UsageError(
    'not-a-token',
    `"${given}" is neither a token nor a file. A token looks like v1.raft-kv.5eed1f.kQ4x...; copy the whole line that follows "petrel replay".`,
  )
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}

function recordedIn(path: string, text: string): Recorded {
  if (!text.startsWith('{')) return { token: tokenIn(path, text) }
  const { token, events } = parsed(path, text)
  if (typeof token !== 'string' || (events !== undefined && !Array.isArray(events))) throw notSaved(path)
  if (events === undefined) return { token }
  // Signed, as hashes of contents are.
  return { token, contents: events.map((hash) => Number.parseInt(String(hash), 16) | 0) }
}

/** A report names a failure's token more than once, and the tokens of several failures. */
function tokenIn(path: string, text: string): string {
  if (/^v\d+\.\S+$/.test(text)) return text
  const [token, ...others] = new Set(text.match(/(?<=^|\s)v\d+\.[^\s.]+\.[0-9a-f]+\.[\w-]+/gm))
  if (token === undefined) throw notSaved(path)
  if (others.length === 0) return token
  throw new UsageError('not-a-token', `${path} holds ${others.length + 1} tokens: give the one that is meant.`)
}

function parsed(path: string, text: string): { readonly token?: unknown; readonly events?: unknown } {
  try {
    return JSON.parse(text) as { readonly token?: unknown; readonly events?: unknown }
  } catch {
    throw notSaved(path)
  }
}

function notSaved(path: string): UsageError {
  return new UsageError(
    'not-a-token',
    `${path} holds neither a token nor a run that \`petrel replay TOKEN --save FILE\` wrote.`,
  )
}
