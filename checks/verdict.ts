/**
 * The least that conflicts, and why, for people and for telling one failure from another.
 */
export interface Violation {
  /** The property that does not hold: `linearizable(x)`, `election safety`. */
  readonly property: string
  /** What kind of breach it is, the same for every seed that shows it: `stale read`. No numbers, no names of nodes. */
  readonly shape: string
  /** One sentence. */
  readonly summary: string
  /** The steps of the contradiction, a sentence each; operations are called T1, T2 … as in `operations`. */
  readonly because: readonly string[]
  /** Ids of the operations in conflict, T1 first; empty where the property is about states. */
  readonly operations: readonly number[]
  /** When it was certain, in virtual milliseconds. */
  readonly atMs: number
  /** The trace's event at which it was certain, where there is a trace. */
  readonly atEvent?: number | undefined
  /** Nodes concerned, where the property is about states. */
  readonly nodes?: readonly string[] | undefined
}

/** `unknown`: the budget, counted in steps, ran out before an answer; never taken for `ok`. */
export type Verdict =
  | { readonly verdict: 'ok'; readonly steps: number }
  | { readonly verdict: 'violated'; readonly steps: number; readonly violations: readonly Violation[] }
  | { readonly verdict: 'unknown'; readonly steps: number; readonly reason: string }

export type VerdictName = Verdict['verdict']
