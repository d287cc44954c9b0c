import { z } from 'zod'
import { STRATEGY_NAMES } from '../../explore/strategies/names.ts'
import { FAULT_KINDS } from '../../sim/faults.ts'
import type { Recipe } from '../../explore/guided/recipe.ts'
import type { SweepOrder, SweepPart } from '../../explore/sweep.ts'

/**
 * What comes back from other processes, checked before it is merged: from files of shards, and over a queue. Fields that
 * are not named here pass: settings, strategies and violations may bring their own.
 */

const LONGEST_NAME = 200
const LONGEST_SENTENCE = 20_000
const MOST_ITEMS = 100_000

const seed = z.int().min(0)
const count = z.int().min(0)
const name = z.string().max(LONGEST_NAME)
const sentence = z.string().max(LONGEST_SENTENCE)
const counts = z.record(name, count)

export const violationSchema = z.looseObject({
  property: sentence,
  shape: sentence,
  summary: sentence,
  because: z.array(sentence).max(MOST_ITEMS),
  operations: z.array(z.int()).max(MOST_ITEMS),
  atMs: z.number(),
  atEvent: count.optional(),
  nodes: z.array(name).max(MOST_ITEMS).optional(),
})

/** What a guided search sends along; the faults are its own code's, and carried out by nothing but a simulation. */
const recipeSchema = z.looseObject({
  seed,
  luck: z.int(),
  network: z.looseObject({ latencyMs: z.tuple([z.number(), z.number()]), loss: z.number(), duplication: z.number() }),
  syncMs: z.tuple([z.number(), z.number()]),
  faults: z.array(z.looseObject({ id: z.int(), kind: z.enum(FAULT_KINDS), atMs: z.number() })).max(MOST_ITEMS),
}) as unknown as z.ZodType<Recipe>

export const rawFailureSchema = z.looseObject({
  seed,
  seeds: z.array(seed).min(1).max(1000),
  recipes: z.array(recipeSchema).max(1000).optional(),
  fingerprint: name,
  violation: violationSchema,
  count,
})

export const sweepPartSchema: z.ZodType<SweepPart> = z.looseObject({
  firstSeed: seed,
  runs: count,
  events: count,
  messages: count,
  virtualMs: z.number().min(0),
  traceHash: z.string().regex(/^[0-9a-f]{16}$/),
  operations: z.looseObject({ ok: count, fail: count, info: count }),
  okCounts: z.array(z.tuple([count, count])).max(MOST_ITEMS),
  faults: counts,
  sometimes: counts,
  failures: z.array(rawFailureSchema).max(MOST_ITEMS),
  unknown: count,
  unknownReason: sentence.optional(),
  diverged: z.array(z.looseObject({ seed, event: count, handler: sentence })).max(MOST_ITEMS),
  shown: z
    .array(z.object({ recipe: recipeSchema, features: z.array(z.int()).max(MOST_ITEMS) }))
    .max(MOST_ITEMS)
    .optional(),
})

export const settingsSchema = z.looseObject({
  nodes: count,
  clients: count,
  operations: count,
  durationMs: z.number().positive(),
  bug: name.optional(),
})

export const sweepOrderSchema = z.looseObject({
  settings: settingsSchema,
  nemesis: z.array(z.enum(FAULT_KINDS)).optional(),
  strategy: z.enum(STRATEGY_NAMES).optional(),
  wire: z.boolean().optional(),
  verify: z.boolean().optional(),
  bail: z.boolean().optional(),
}) as z.ZodType<SweepOrder>
