import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { UsageError } from '../../explore/usage-error.ts'
import type { TrialProgress } from '../../explore/trial.ts'

/**
 * A file that keeps a measurement, so that one that was interrupted goes on where it was: a line of JSON says what is
 * measured, and each line after it how far a trial is. Of several lines about a trial the last counts; a last line
 * that was cut off while it was written counts as never written.
 */

/** What must be the same for figures to belong together. */
const headSchema = z.strictObject({
  schema: z.literal(1),
  kind: z.literal('petrel mutants'),
  code: z.string(),
  firstSeed: z.int().nonnegative(),
  /** Runs go on past a broken invariant: a client's view was asked for. */
  keepGoing: z.boolean(),
})
export type StateHead = Omit<z.infer<typeof headSchema>, 'schema' | 'kind'>

const hitSchema = z.strictObject({
  run: z.int().positive(),
  seed: z.int().nonnegative(),
  property: z.string(),
})
const lineSchema = z.strictObject({
  trial: z.string(),
  runs: z.int().nonnegative(),
  hit: hitSchema.optional(),
  clientHit: hitSchema.optional(),
  unknown: z.int().nonnegative(),
})

const WHAT_TO_DO = 'Give another file, or remove it to begin anew.'

export class StateFile {
  private readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** Opens a file, or begins one; gives what it holds, by key. */
  static open(path: string, head: StateHead): { readonly file: StateFile; readonly kept: Map<string, TrialProgress> } {
    const whole = { schema: 1, kind: 'petrel mutants', ...head } as const
    const text = read(path)
    const isNew = text.trim() === ''
    const kept = isNew ? new Map<string, TrialProgress>() : parse(path, text, whole)
    if (isNew) write(path, `${JSON.stringify(whole)}\n`)
    else if (!text.endsWith('\n')) write(path, text.slice(0, text.lastIndexOf('\n') + 1))
    return { file: new StateFile(path), kept }
  }

  keep(trial: string, progress: TrialProgress): void {
    appendFileSync(this.path, `${JSON.stringify({ trial, ...progress })}\n`)
  }
}

function read(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  } catch (error) {
    throw unusable(path, error)
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw unusable(path, error)
  }
}

function unusable(path: string, error: unknown): UsageError {
  return new UsageError('bad-state', `--state ${path}: ${(error as Error).message}. Give a file that can be written.`)
}

function parse(path: string, text: string, wanted: z.infer<typeof headSchema>): Map<string, TrialProgress> {
  const lines = text.split('\n').slice(0, -1)
  const head = headSchema.safeParse(jsonOf(lines[0] ?? ''))
  if (!head.success) {
    throw new UsageError('bad-state', `--state ${path}: this is no state of petrel mutants. ${WHAT_TO_DO}`)
  }
  const other = (['code', 'firstSeed', 'keepGoing'] as const).find((field) => head.data[field] !== wanted[field])
  if (other !== undefined) {
    const what = { code: 'other code', firstSeed: 'another --seed', keepGoing: 'another --oracle' }[other]
    throw new UsageError('bad-state', `--state ${path}: its figures were measured with ${what}. ${WHAT_TO_DO}`)
  }
  const kept = new Map<string, TrialProgress>()
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue
    const entry = lineSchema.safeParse(jsonOf(line))
    if (!entry.success) {
      throw new UsageError('bad-state', `--state ${path}: line ${index + 1} is damaged. ${WHAT_TO_DO}`)
    }
    const { trial, ...progress } = entry.data
    kept.set(trial, progress)
  }
  return kept
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
