import type { History } from '../checks/history.ts'
import { check } from '../checks/linearizability/linearizable.ts'
import type { Model } from '../checks/model.ts'
import type { Verdict } from '../checks/verdict.ts'

/** A verdict, and how long it and, after it, its evidence took to find, in milliseconds. */
export interface TimedCheck {
  readonly verdict: Verdict['verdict']
  readonly verdictMs: number
  readonly evidenceMs: number
}

/** Judges a history once. Orders and cores are found when they are looked at, which is timed apart. */
export function timedCheck<State, Input>(
  history: History<Input, unknown>,
  model: Model<State, Input, unknown>,
): TimedCheck {
  const startedMs = performance.now()
  const verdict = check(history, model)
  const judgedMs = performance.now()
  lookAtEvidence(verdict)
  return { verdict: verdict.verdict, verdictMs: judgedMs - startedMs, evidenceMs: performance.now() - judgedMs }
}

function lookAtEvidence(verdict: Verdict): void {
  if (verdict.verdict === 'violated') void verdict.violations
  else if (verdict.verdict === 'ok') void verdict.orders
}
