import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate'
import { crc32 } from '../sim/checksum.ts'
import type { Fault } from '../sim/faults.ts'
import type { Fork } from '../sim/forks.ts'
import { planRun } from './plan-run.ts'
import type { RunPlan } from './result.ts'
import type { Network, PlannedOperation, Scenario, Settings } from './scenario.ts'

/**
 * A run as one line: `v1.SCENARIO.SEED.PAYLOAD`. The payload holds what differs from the run that scenario and seed
 * alone would give, the trace hash, checkpoints, and the hash of the code, deflated, with a checksum, in base64url.
 */

/** What a token says beside scenario and seed. */
export interface TokenContent {
  readonly scenario: string
  readonly seed: number
  readonly plan: RunPlan
  /** 7 hex digits of the code that the run was made with. */
  readonly code: string
  readonly traceHash: string
  readonly checkpoints: Checkpoints
  /** The fingerprint of the failure it shows; undefined where it shows none. */
  readonly fingerprint?: string | undefined
  /** Each message went through its codec. */
  readonly wire?: boolean | undefined
}

/** The low 16 bits of the rolling hash after each `every` events: they place a divergence within an interval. */
export interface Checkpoints {
  readonly every: number
  readonly hashes: readonly number[]
}

/** A token longer than this is better kept in a file. */
export const LONGEST_TOKEN = 2000
const MOST_CHECKPOINTS = 16
const HASHED_EVERY = 64
const LONGEST_PAYLOAD_BYTES = 4_000_000

/** The token is none, or is damaged; the sentence says which and what to do. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
}

interface Payload {
  /** Code, trace hash, checkpoints' distance, checkpoints. */
  readonly c: string
  readonly h: string
  readonly k: readonly [every: number, ...hashes: readonly number[]]
  readonly f?: string
  readonly w?: true
  /** Settings; luck where it is not the seed; network; disk; faults; forks; calm; end; operations kept: all, or ranges of ids, or themselves. */
  readonly s: Settings
  readonly l?: number
  readonly n: Network
  readonly d: RunPlan['syncMs']
  readonly a: readonly Fault[]
  readonly r?: readonly Fork[]
  readonly m: number
  readonly e: number
  readonly o?: readonly (readonly [from: number, to: number])[]
  readonly p?: readonly PlannedOperation[]
}

/** Thins checkpoints out until few are left: they stay at powers of two times 64 events. */
export function thinCheckpoints(all: readonly number[]): Checkpoints {
  let step = 1
  while (all.length / step > MOST_CHECKPOINTS) step *= 2
  const hashes: number[] = []
  for (let index = step - 1; index < all.length; index += step) hashes.push(all[index]! & 0xffff)
  return { every: step * HASHED_EVERY, hashes }
}

/** Between which events, counted from 1, a run left the recorded one; `all` are its own checkpoints, unthinned. */
export function divergedWithin(
  recorded: Checkpoints,
  all: readonly number[],
  events: number,
): readonly [from: number, to: number] {
  const { every, hashes } = recorded
  const step = every / HASHED_EVERY
  const wrong = hashes.findIndex((hash, index) => hash !== ((all[(index + 1) * step - 1] ?? -1) & 0xffff))
  const kept = wrong < 0 ? hashes.length : wrong
  return [kept * every + 1, Math.max(kept * every + 1, Math.min(events, (kept + 1) * every))]
}

export function writeToken(scenario: Scenario, content: TokenContent): string {
  const { plan } = content
  const payload: Payload = {
    c: content.code,
    h: content.traceHash,
    k: [content.checkpoints.every, ...content.checkpoints.hashes],
    ...(content.fingerprint === undefined ? {} : { f: content.fingerprint }),
    ...(content.wire === true ? { w: true } : {}),
    s: plan.settings,
    n: plan.network,
    d: plan.syncMs,
    a: plan.faults,
    ...(plan.forks === undefined ? {} : { r: plan.forks }),
    m: plan.calmAtMs,
    e: plan.endMs,
    ...(plan.luck === plan.seed ? {} : { l: plan.luck }),
    ...keptOperations(scenario, plan),
  }
  const packed = deflateSync(strToU8(JSON.stringify(payload, infinityAsText)), { level: 9 })
  const bytes = new Uint8Array(packed.length + 4)
  new DataView(bytes.buffer).setUint32(0, crc32(packed))
  bytes.set(packed, 4)
  return `v1.${content.scenario}.${content.seed.toString(16)}.${toBase64Url(bytes)}`
}

/** The scenario's name of a token, so that the scenario can be found. Throws a {@link TokenError}. */
export function scenarioOfToken(token: string): string {
  return split(token).scenario
}

/** Reads a token. Throws a {@link TokenError} where it is none or damaged. */
export function readToken(scenario: Scenario, token: string): TokenContent {
  const { seed, payload } = split(token)
  const value = unpack(payload)
  const operations = restoreOperations(scenario, seed, value)
  const [every, ...hashes] = value.k
  return {
    scenario: scenario.name,
    seed,
    code: value.c,
    traceHash: value.h,
    fingerprint: value.f,
    wire: value.w === true,
    checkpoints: { every, hashes },
    plan: {
      scenario: scenario.name,
      seed,
      luck: value.l ?? seed,
      settings: value.s,
      network: value.n,
      syncMs: value.d,
      faults: value.a,
      ...(value.r === undefined ? {} : { forks: value.r }),
      calmAtMs: value.m,
      endMs: value.e,
      operations,
    },
  }
}

function split(token: string): { readonly scenario: string; readonly seed: number; readonly payload: string } {
  const parts = token.trim().split('.')
  if (parts.length !== 4 || !/^v\d+$/.test(parts[0]!)) {
    throw new TokenError(
      'this is not a token: one looks like v1.raft-kv.5eed1f.kQ4x…; copy the whole line that follows "petrel replay"',
    )
  }
  const [version, scenario, seedHex, payload] = parts as [string, string, string, string]
  if (version !== 'v1')
    throw new TokenError(`this token is of version ${version}; this petrel reads v1: install the version that made it`)
  const seed = /^[0-9a-f]{1,14}$/.test(seedHex) ? Number.parseInt(seedHex, 16) : Number.NaN
  if (!Number.isSafeInteger(seed))
    throw new TokenError(`the token's seed "${seedHex}" is not a hexadecimal number: copy the token anew`)
  return { scenario, seed, payload }
}

function unpack(text: string): Payload {
  const bytes = fromBase64Url(text)
  if (bytes === undefined || bytes.length < 5) throw damaged()
  const packed = bytes.subarray(4)
  if (crc32(packed) !== new DataView(bytes.buffer).getUint32(0)) throw damaged()
  try {
    const inflated = inflateSync(packed, { out: new Uint8Array(LONGEST_PAYLOAD_BYTES) })
    return JSON.parse(strFromU8(inflated), textAsInfinity) as Payload
  } catch {
    throw damaged()
  }
}

function damaged(): TokenError {
  return new TokenError(
    'this token is damaged (its checksum does not fit): copy the whole line, without spaces or line breaks',
  )
}

function keptOperations(scenario: Scenario, plan: RunPlan): Pick<Payload, 'o' | 'p'> {
  const all = new Map(
    planRun(scenario, plan.seed, plan.settings).operations.map((operation) => [
      operation.id,
      JSON.stringify(operation),
    ]),
  )
  if (!plan.operations.every((operation) => all.get(operation.id) === JSON.stringify(operation)))
    return { p: plan.operations }
  if (plan.operations.length === all.size) return {}
  const ranges: [number, number][] = []
  for (const id of plan.operations.map((operation) => operation.id).sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === id - 1) last[1] = id
    else ranges.push([id, id])
  }
  return { o: ranges }
}

function restoreOperations(scenario: Scenario, seed: number, value: Payload): readonly PlannedOperation[] {
  if (value.p !== undefined) return value.p
  const { operations } = planRun(scenario, seed, value.s)
  const ranges = value.o
  if (ranges === undefined) return operations
  return operations.filter(({ id }) => ranges.some(([from, to]) => id >= from && id <= to))
}

/** JSON has no Infinity; a fault that lasts for good has. */
function infinityAsText(_key: string, value: unknown): unknown {
  return value === Infinity ? '∞' : value
}

function textAsInfinity(_key: string, value: unknown): unknown {
  return value === '∞' ? Infinity : value
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function toBase64Url(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const group = (bytes[index]! << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    const letters = Math.min(4, bytes.length - index + 1)
    for (let letter = 0; letter < letters; letter++) text += ALPHABET[(group >> (18 - 6 * letter)) & 63]
  }
  return text
}

function fromBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array((text.length * 3) >> 2)
  let at = 0
  for (let index = 0; index < text.length; index += 4) {
    let group = 0
    const letters = Math.min(4, text.length - index)
    for (let letter = 0; letter < 4; letter++) {
      const value = letter < letters ? ALPHABET.indexOf(text[index + letter]!) : 0
      if (value < 0) return undefined
      group = (group << 6) | value
    }
    for (let byte = 0; byte < letters - 1; byte++) bytes[at++] = (group >> (16 - 8 * byte)) & 255
  }
  return bytes
}
