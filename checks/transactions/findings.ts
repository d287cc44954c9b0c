import { ANOMALIES } from './anomalies.ts'
import type { AnomalyName, Mark } from './anomalies.ts'

/** One case of an anomaly. */
export interface Finding {
  readonly name: AnomalyName
  /** Numbers of transactions; sentences call them T1, T2 …, in this order. */
  readonly transactions: readonly number[]
  /** Why, a sentence each. */
  readonly because: readonly string[]
}

/** So many cases of an anomaly are told; the rest are counted. */
const TOLD = 8

/** Collects what is found wrong; the first cases of each anomaly are kept. */
export class Findings {
  private readonly kept = new Map<AnomalyName, Finding[]>()
  private readonly counts = new Map<AnomalyName, number>()
  private readonly marks = new Map<AnomalyName, Set<Mark>>()

  /** `because` is only asked where the case will be told. */
  add(name: AnomalyName, transactions: readonly number[], because: () => readonly string[]): void {
    const count = this.count(name)
    this.counts.set(name, count + 1)
    if (count >= TOLD) return
    const kept = this.kept.get(name) ?? []
    kept.push({ name, transactions, because: because() })
    this.kept.set(name, kept)
  }

  /** Some case of the anomaly is this beside. */
  mark(name: AnomalyName, mark: Mark): void {
    this.marks.set(name, (this.marks.get(name) ?? new Set()).add(mark))
  }

  marksOf(name: AnomalyName): readonly Mark[] {
    return [...(this.marks.get(name) ?? [])]
  }

  count(name: AnomalyName): number {
    return this.counts.get(name) ?? 0
  }

  /** The names found, the worst first. */
  get names(): readonly AnomalyName[] {
    return ANOMALIES.filter((name) => this.counts.has(name))
  }

  of(name: AnomalyName): readonly Finding[] {
    return this.kept.get(name) ?? []
  }
}
