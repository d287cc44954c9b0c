import { inspect } from 'node:util'
import { z } from 'zod'
import { executeRun } from '../../explore/run.ts'
import type { RunPlan, Shrunk } from '../../explore/result.ts'
import type { Scenario } from '../../explore/scenario.ts'
import { rawFailureSchema, settingsSchema, sweepOrderSchema, sweepPartSchema } from '../sweep/part-schema.ts'
import type { Task, TaskKind, TaskResults } from '../sweep/task.ts'

/**
 * Tasks and their results as text in a queue: JSON, in which fields keep their order, with a word for Infinity, as in
 * tokens. What JSON would lose is refused. What is read is of a bounded size and checked field by field before it is
 * used.
 */

/** A task, or one whose seeds are to be run twice and compared. */
export type Work =
  | { readonly verify: false; readonly task: Task }
  | { readonly verify: true; readonly task: Task<'print'> }

/** What is in the queue is no work or result of ours. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

const MOST_CHARACTERS = 16 * 1024 * 1024
const MOST_RUNS = 100_000
/** Of a fault that lasts for good; no name of anything is just this. */
const INFINITY = '∞'

const count = z.int().min(0)
const seeds = z.object({ firstSeed: count, count: count.max(MOST_RUNS) })
const loose = z.looseObject({})

const INPUTS: { readonly [Kind in TaskKind]: z.ZodType } = {
  sweep: seeds,
  print: seeds,
  shrink: z.object({ failure: rawFailureSchema }),
  handler: z.object({ seed: count, event: count }),
  trial: loose,
}

const workSchema = z.object({
  verify: z.boolean(),
  task: z.object({
    kind: z.enum(Object.keys(INPUTS) as TaskKind[]),
    scenario: z.string().max(200),
    order: sweepOrderSchema,
    input: z.unknown(),
  }),
})

const planSchema = z.looseObject({
  scenario: z.string(),
  seed: count,
  luck: z.number(),
  settings: settingsSchema,
  faults: z.array(z.looseObject({ kind: z.string() })),
  operations: z.array(z.looseObject({ id: count, client: count, atMs: z.number() })),
  calmAtMs: z.number(),
  endMs: z.number(),
}) as unknown as z.ZodType<RunPlan>

/** The run itself does not travel: whoever reads it runs the plan again. */
const shrunkSchema = z.looseObject({
  plan: planSchema,
  replays: count,
  before: z.object({ faults: count, operations: count, nodes: count, events: count }),
  required: z.array(z.object({ fault: count, pass: count, of: count })),
}) as unknown as z.ZodType<Omit<Shrunk, 'result'>>

const RESULTS = {
  sweep: sweepPartSchema,
  print: z.object({
    part: sweepPartSchema,
    prints: z.array(z.object({ seed: count, traceHash: z.string(), contents: z.array(z.number()) })),
  }),
  shrink: shrunkSchema.nullable(),
  handler: z.string(),
  trial: loose,
} as const satisfies { readonly [Kind in TaskKind]: z.ZodType }

export function writeWork(work: Work): string {
  return write(work)
}

export function readWork(text: unknown): Work {
  const work = read(text, workSchema, 'work')
  const input = INPUTS[work.task.kind].safeParse(work.task.input)
  if (!input.success) throw damaged('work', input.error)
  if (work.verify && work.task.kind !== 'print') throw new WireError('The queue holds work that cannot be verified.')
  return work as Work
}

export function writeResult<Kind extends TaskKind>(kind: Kind, result: TaskResults[Kind]): string {
  if (kind !== 'shrink' || result === undefined) return write(result)
  const { result: _run, ...rest } = result as Shrunk
  return write(rest)
}

/** Of the same kind as it was written with. */
export function readResult<Kind extends TaskKind>(scenario: Scenario, kind: Kind, text: unknown): TaskResults[Kind] {
  const result = read(text, RESULTS[kind] as z.ZodType, 'a result')
  return (kind === 'shrink' ? withRun(scenario, result as Shrunk | null) : result) as TaskResults[Kind]
}

function withRun(scenario: Scenario, shrunk: Omit<Shrunk, 'result'> | null): Shrunk | undefined {
  return shrunk === null ? undefined : { ...shrunk, result: executeRun(scenario, shrunk.plan) }
}

function write(value: unknown): string {
  // Nothing, where shrinking had no result, is null on the way.
  return JSON.stringify(value ?? null, (_field, item: unknown) => {
    if (item === Infinity) return INFINITY
    const lost =
      item instanceof Map ||
      item instanceof Set ||
      ArrayBuffer.isView(item) ||
      typeof item === 'bigint' ||
      (typeof item === 'number' && !Number.isFinite(item))
    if (!lost) return item
    throw new WireError(`A plan holds ${inspect(item, { depth: 0 })}, which a fleet can't pass on: use petrel run.`)
  })
}

function read<Value>(text: unknown, schema: z.ZodType<Value>, what: string): Value {
  if (typeof text !== 'string' || text.length > MOST_CHARACTERS)
    throw new WireError(`The queue holds ${what} that is no text of at most ${MOST_CHARACTERS} characters.`)
  const value = decode(text, what)
  const { error } = schema.safeParse(value)
  if (error !== undefined) throw damaged(what, error)
  // What was checked, not what the check made of it: that has its fields in another order, and tokens would differ.
  return value as Value
}

function decode(text: string, what: string): unknown {
  try {
    return JSON.parse(text, (_field, item: unknown) => (item === INFINITY ? Infinity : item))
  } catch (error) {
    throw new WireError(`The queue holds ${what} that can't be read: ${(error as Error).message}.`)
  }
}

function damaged(what: string, { issues: [issue] }: z.ZodError): WireError {
  const where = issue === undefined ? '' : `: ${issue.path.join('.')}: ${issue.message}`
  return new WireError(`The queue holds ${what} that is not of this Petrel${where}.`)
}
