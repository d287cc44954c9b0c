import type { RunResult } from './result.ts'
import { fingerprintOf } from './run.ts'
import type { TokenContent } from './token.ts'

/** A run worth keeping: one line of the file that people commit. */
export interface CorpusEntry {
  readonly token: string
  readonly scenario: string
  /** Why it is kept, for people. */
  readonly why: string
  /** 7 hex digits of the code that it was added with. */
  readonly code: string
  readonly expect: 'passes' | 'fails'
  /** Of the failure that is expected. */
  readonly fingerprint?: string | undefined
  /** More events than this are a failure: a run that passes may still do far too much. */
  readonly mostEvents?: number | undefined
}

/**
 * What became of a kept run.
 *
 * - `as expected`: it passes, or fails as it did when it was added.
 * - `fixed`: it was added as a failure, met the same faults, and passes now.
 * - `fails`: it violates something that it should not.
 * - `too long`: it passes with more events than it may have.
 * - `unknown`: a checker gave no verdict.
 * - `diverged`: its code changed, and its plan no longer means the same: nothing can be said of the failure.
 * - `not deterministic`: its code is the same, and it is another run.
 */
export type CorpusOutcome =
  | 'as expected'
  | 'fixed'
  | 'fails'
  | 'too long'
  | 'unknown'
  | 'diverged'
  | 'not deterministic'

/** Judges a kept run that was run again. */
export function corpusOutcome(
  entry: CorpusEntry,
  content: TokenContent,
  result: RunResult,
  otherCode: boolean,
): CorpusOutcome {
  const same = result.traceHash === content.traceHash
  if (!same && !otherCode) return 'not deterministic'
  if (result.verdict === 'unknown') return 'unknown'
  const asBefore = result.violations.some((one) => fingerprintOf(entry.scenario, one) === entry.fingerprint)
  if (result.verdict === 'violated') return entry.expect === 'fails' && asBefore ? 'as expected' : 'fails'
  if (result.events > (entry.mostEvents ?? Infinity)) return 'too long'
  if (entry.expect === 'passes') return 'as expected'
  return same || metItsFaults(content, result) ? 'fixed' : 'diverged'
}

/** Each message that a fault names was sent again, and each operation came to an end. */
export function metItsFaults({ plan }: TokenContent, { faults, operations }: RunResult): boolean {
  const named = new Map<string, number>()
  for (const { kind } of plan.faults) if (kind.endsWith('-message')) named.set(kind, (named.get(kind) ?? 0) + 1)
  const met = [...named].every(([kind, count]) => (faults[kind] ?? 0) >= count)
  return met && operations.ok + operations.fail + operations.info >= plan.operations.length
}
