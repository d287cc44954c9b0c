import { FAULT_KINDS, type FaultKind } from '../sim/faults.ts'
import { UsageError } from '../explore/usage-error.ts'
import { unknownName } from './suggest.ts'

/** What a person types, as values. Each throws a UsageError whose sentence shows what would do. */

/** The first digits of a git hash that fit into a seed: 52 bits. */
const GIT_HASH_DIGITS = 13
const LARGEST_SEED = Number.MAX_SAFE_INTEGER

/** Digits alone are decimal; `0x…` is hexadecimal; 7 to 40 other hexadecimal digits are a git hash, of which 13 count. */
export function parseSeed(text: string): number {
  const seed = seedOf(text.trim())
  if (!Number.isSafeInteger(seed))
    throw new UsageError('bad-seed', `The seed ${text} is too large: the largest is ${LARGEST_SEED}.`)
  return seed
}

/** A seed where larger ones are needed for something else. */
export function parseSeedUpTo(option: string, largest: number): (text: string) => number {
  return (text) => {
    const seed = parseSeed(text)
    if (seed <= largest) return seed
    throw new UsageError('bad-seed', `${option} ${text}: give a seed up to ${largest}.`)
  }
}

function seedOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  if (/^0x[0-9a-f]+$/i.test(text)) return Number(text)
  if (/^[0-9a-f]{7,40}$/i.test(text)) return Number.parseInt(text.slice(0, GIT_HASH_DIGITS), 16)
  const hint = /^[0-9a-f]+$/i.test(text) ? `; a hexadecimal one begins with 0x: 0x${text}` : ''
  throw new UsageError(
    'bad-seed',
    `"${text}" is not a seed: give a number (42), a hexadecimal number (0x5eed1f) or a git hash${hint}.`,
  )
}

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** `500ms`, `60s`, `5m`, `1h`, `2.5s`, as milliseconds. */
export function parseDuration(option: string, mostMs: number): (text: string) => number {
  return (text) => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim()) ?? []
    if (amount === undefined)
      throw new UsageError(
        'bad-duration',
        `${option} ${text}: give a length of time with its unit, such as 500ms, 60s or 5m.`,
      )
    const ms = Number(amount) * UNITS_MS.get(unit!)!
    if (ms >= 1 && ms <= mostMs) return ms
    throw new UsageError('out-of-range', `${option} ${text}: it must be from 1ms to ${mostMs / 3_600_000}h.`)
  }
}

/** A whole number in a range. */
export function parseCount(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new UsageError('out-of-range', `${option} ${text}: it must be a whole number from ${least} to ${most}.`)
  }
}

export interface Shard {
  readonly index: number
  readonly of: number
}

/** `2/16`: the second of sixteen. */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? []
  const shard = { index: Number(index), of: Number(of) }
  if (shard.index >= 1 && shard.index <= shard.of && shard.of <= 10_000) return shard
  throw new UsageError(
    'bad-shard',
    `--shard ${text}: give which part of how many, from 1/1 to 10000/10000, such as 2/16.`,
  )
}

/** `partition,kill`: kinds of the fault catalogue. */
export function parseNemesis(text: string): readonly FaultKind[] {
  const kinds: readonly string[] = FAULT_KINDS
  const words = wordsOf(text)
  if (words.length === 0)
    throw new UsageError(
      'bad-nemesis',
      `--nemesis: give kinds of faults, such as partition,kill. There are: ${kinds.join(', ')}.`,
    )
  return words.map((word) => (kinds.includes(word) ? (word as FaultKind) : unknownName('kind of fault', word, kinds)))
}

/** `R14,R15`: names, at least one. */
export function parseNames(option: string): (text: string) => readonly string[] {
  return (text) => {
    const names = wordsOf(text)
    if (names.length > 0) return [...new Set(names)]
    throw new UsageError('bad-names', `${option}: give names with commas between them, such as R14,R15.`)
  }
}

function wordsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
