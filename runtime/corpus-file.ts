import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import type { CorpusEntry } from '../explore/corpus.ts'
import { UsageError } from '../explore/usage-error.ts'
import { findConfig } from './load-user-code.ts'

/** The runs that a project keeps, a line of JSON each, so that two people who add one don't meet in a merge. */

const FILE_NAME = 'petrel.corpus.jsonl'

const entrySchema: z.ZodType<CorpusEntry> = z.strictObject({
  token: z.string().regex(/^v\d+\.[^\s.]+\.[0-9a-f]+\.[\w-]+$/, 'is not a token'),
  scenario: z.string().min(1),
  why: z.string().max(1000),
  code: z.string().regex(/^[0-9a-f]{7}$/, 'must be 7 hexadecimal digits'),
  expect: z.enum(['passes', 'fails']),
  fingerprint: z.string().optional(),
  mostEvents: z.number().int().positive().optional(),
})

/** A line of the file with its number, counted from 1. */
export interface CorpusLine {
  readonly line: number
  readonly entry: CorpusEntry
}

/** The file that was named, or the one beside the nearest configuration, or in the working folder. */
export function corpusPath(named: string | undefined, configPath?: string): string {
  if (named !== undefined) return resolve(named)
  const config = configPath ?? findConfig(process.cwd())
  return join(config === undefined ? process.cwd() : dirname(resolve(config)), FILE_NAME)
}

/** Every line of the file; none where there is no file. Throws a UsageError with the number of the first bad line. */
export function readCorpus(path: string): readonly CorpusLine[] {
  if (!existsSync(path)) return []
  if (!statSync(path).isFile()) throw new UsageError('bad-corpus', `${path} is not a file.`)
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text, index) => (text.trim() === '' ? [] : [{ line: index + 1, entry: entryOf(path, text, index + 1) }]))
}

function entryOf(path: string, text: string, line: number): CorpusEntry {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badLine(path, line, 'this is no JSON document; `petrel corpus add TOKEN` writes such lines')
  }
  const parsed = entrySchema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path: field, message } = parsed.error.issues[0]!
  throw badLine(path, line, `${field.length === 0 ? '' : `"${field.join('.')}": `}${message}`)
}

/** The sentence for a line that is not what it should be. */
export function badLine(path: string, line: number, what: string): UsageError {
  return new UsageError('bad-corpus', `${path}, line ${line}: ${what}.`)
}

/**
 * Puts an entry into the file: in the place of one that `same` recognises, or behind the last. Whoever adds one at the
 * same time waits, and whoever reads sees the file before or after. Returns what happened to it.
 */
export function addToCorpus(
  path: string,
  entry: CorpusEntry,
  same: (other: CorpusEntry) => boolean,
): 'added' | 'replaced' | 'already there' {
  return withLock(`${path}.lock`, () => {
    const lines = readCorpus(path)
    const known = lines.find(({ entry: other }) => same(other))
    const text = JSON.stringify(entry)
    if (known !== undefined && JSON.stringify(known.entry) === text) return 'already there'
    const entries = lines.map((line) => (line === known ? text : JSON.stringify(line.entry)))
    writeWhole(path, `${(known === undefined ? [...entries, text] : entries).join('\n')}\n`)
    return known === undefined ? 'added' : 'replaced'
  })
}

function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.new`
  try {
    writeFileSync(temporary, text)
    renameSync(temporary, path)
  } catch (error) {
    throw new UsageError('bad-corpus', `${path} can't be written: ${(error as Error).message}.`)
  }
}

const LOCK_RETRY_MS = 20
/** Adding takes a moment: a lock older than this was left behind by a process that ended. */
const LOCK_STALE_MS = 10_000

/** A folder is the lock, as making one either succeeds or finds it there, on every file system. */
function withLock<Value>(lock: string, action: () => Value): Value {
  while (!tryLock(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_RETRY_MS)
  try {
    return action()
  } finally {
    rmdirSync(lock)
  }
}

function tryLock(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new UsageError('bad-corpus', `${dirname(lock)} can't be written to: ${(error as Error).message}.`)
  }
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_STALE_MS) rmdirSync(lock)
  } catch {
    // Another process has just let go of it.
  }
  return false
}
