import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { SweepOrder, SweepPart } from '../../explore/sweep.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { sweepOrderSchema, sweepPartSchema } from './part-schema.ts'

/**
 * What `petrel run --shard 2/16 --json` adds to its document, so that `petrel merge` can put the whole sweep together:
 * which part of which seeds it is, and for each scenario what was asked and what came of it.
 */
export interface ShardRecord {
  /** From 1. */
  readonly index: number
  readonly of: number
  /** Of all shards together. */
  readonly firstSeed: number
  /** Of all shards together; null where only the time limited them. */
  readonly runs: number | null
  readonly scenarios: readonly ScenarioShard[]
}

export interface ScenarioShard {
  readonly scenario: string
  /** 7 hex digits of the code that ran. */
  readonly code: string
  readonly order: SweepOrder
  readonly wallMs: number
  readonly part: SweepPart
}

export interface ShardFile {
  readonly path: string
  readonly shard: ShardRecord
}

const count = z.int().min(0)

const documentSchema = z.object({
  schema: z.literal(1),
  command: z.literal('run'),
  shard: z
    .object({
      index: z.int().min(1),
      of: z.int().min(1),
      firstSeed: count,
      runs: count.nullable(),
      scenarios: z
        .array(
          z.object({
            scenario: z.string(),
            code: z.string(),
            order: sweepOrderSchema,
            wallMs: z.number().min(0),
            part: sweepPartSchema,
          }),
        )
        .min(1),
    })
    .optional(),
})

/** Reads the documents of shards, in any order, and gives them in theirs. Throws where they do not make one whole. */
export function readShards(paths: readonly string[]): readonly ShardFile[] {
  const shards = paths.map(readShard)
  checkAlike(shards)
  checkComplete(shards)
  return [...shards].sort((a, b) => a.shard.index - b.shard.index)
}

function readShard(path: string): ShardFile {
  const parsed = documentSchema.safeParse(parse(path))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')}: ${issue.message})`
    throw notAShard(path, `is not what petrel run --json prints${where}`)
  }
  const { shard } = parsed.data
  if (shard === undefined) throw notAShard(path, 'was not made with --shard, so it is a whole by itself')
  if (shard.runs === null)
    throw notAShard(path, 'was limited by time alone, so that which seeds ran is up to the clock: give shards --runs')
  return { path, shard }
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw notAShard(path, 'is not JSON')
    throw new UsageError('no-such-file', `${path} can't be read: ${(error as Error).message}.`)
  }
}

function notAShard(path: string, why: string): UsageError {
  return new UsageError(
    'not-a-shard',
    `${path} ${why}. Make each part with petrel run --runs N --shard 1/4 --json --output-file FILE.`,
  )
}

/** All shards are of one sweep: the same seeds, scenarios, settings and code. */
function checkAlike([first, ...others]: readonly ShardFile[]): void {
  for (const other of others) {
    const [one, two] = [first!.shard, other.shard]
    const differ = (what: string, a: unknown, b: unknown): void => {
      if (isDeepStrictEqual(a, b)) return
      throw new UsageError(
        'shards-differ',
        `${first!.path} and ${other.path} are not of one sweep: ${what} differ (${words(a)} and ${words(b)}).`,
      )
    }
    differ('the numbers of shards', one.of, two.of)
    differ('the seeds of the whole', [one.firstSeed, one.runs], [two.firstSeed, two.runs])
    differ('the scenarios', namesOf(one), namesOf(two))
    for (const [index, { scenario, code, order }] of one.scenarios.entries()) {
      const same = two.scenarios[index]!
      differ(`the hashes of the code of ${scenario}`, code, same.code)
      differ(`the settings of ${scenario}`, order, same.order)
    }
  }
}

function namesOf({ scenarios }: ShardRecord): readonly string[] {
  return scenarios.map(({ scenario }) => scenario)
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Each shard is there once. */
function checkComplete(shards: readonly ShardFile[]): void {
  const { of } = shards[0]!.shard
  const byIndex = new Map<number, string>()
  for (const { path, shard } of shards) {
    const before = byIndex.get(shard.index)
    if (before !== undefined)
      throw new UsageError('shards-overlap', `${before} and ${path} overlap: both are shard ${shard.index}/${of}.`)
    byIndex.set(shard.index, path)
  }
  const missing = Array.from({ length: of }, (_, index) => index + 1).filter((index) => !byIndex.has(index))
  if (missing.length === 0) return
  const named = missing.slice(0, 10).map((index) => `${index}/${of}`)
  const rest = missing.length > named.length ? ` and ${missing.length - named.length} more` : ''
  throw new UsageError('shards-missing', `Shards are missing: ${named.join(', ')}${rest}. Give the files of all ${of}.`)
}
