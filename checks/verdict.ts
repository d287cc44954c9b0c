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
  /** The first operation that no order has a place for, where the property is about an order. */
  readonly blocked?: number | undefined
  /** How far orders came, the longest first; a few of them. */
  readonly attempts?: readonly Attempt[] | undefined
}

/** The beginning of an order that nothing could continue. */
export interface Attempt {
  /** Ids of operations. */
  readonly order: readonly number[]
  /** What the model's state was after them. */
  readonly state: unknown
}

/** An order in which the operations of one key could have come: the certificate of a good history. */
export interface Order {
  /** Undefined where the model has no keys. */
  readonly key: string | undefined
  /** Ids of operations; those that may never have taken effect are in it only if they did. */
  readonly order: readonly number[]
}

/** `unknown`: the budget, counted in steps, ran out before an answer; never taken for `ok`. */
export type Verdict =
  | { readonly verdict: 'ok'; readonly steps: number; readonly orders?: readonly Order[] | undefined }
  | { readonly verdict: 'violated'; readonly steps: number; readonly violations: readonly Violation[] }
  | {
      readonly verdict: 'unknown'
      readonly steps: number
      readonly reason: string
      /** How many operations, of how many, the longest order that was found had in it, where that is known. */
      readonly reached?: { readonly key: string | undefined; readonly ordered: number; readonly of: number } | undefined
    }

export type VerdictName = Verdict['verdict']
