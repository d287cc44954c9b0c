import { meaningOf } from './anomalies.ts'
import type { AnomalyName } from './anomalies.ts'
import { addTimeEdges } from './time-edges.ts'
import { cycleFinding } from './explain.ts'
import { Findings } from './findings.ts'
import type { Finding } from './findings.ts'
import { knotsOf } from './knots.ts'
import { isolationLevel, isRuledOut, standingOf } from './levels.ts'
import type { IsolationLevel, Standing } from './levels.ts'
import { inferFromLists } from './list-append.ts'
import type { HistoryProperty } from '../property.ts'
import type { RegisterAssumptions } from './register-versions.ts'
import { inferFromRegisters } from './rw-register.ts'
import { KnotSearch } from './search.ts'
import { tableOf } from './table.ts'
import type { TransactionTable } from './table.ts'
import type { TransactionHistory, Workload } from './transaction.ts'
import type { Verdict, Violation } from '../verdict.ts'

export interface TransactionOptions {
  readonly workload: Workload
  /** The level that must hold, by any of its names; `strict-serializable` unless given. */
  readonly consistency?: IsolationLevel | (string & {})
  /** What violations call the property; the level unless given. */
  readonly name?: string
  /** Steps that naming what is wrong may take: edges that are looked at. */
  readonly budgetSteps?: number
  /** For registers, what is taken for granted of each by itself. */
  readonly assume?: RegisterAssumptions
}

/** An anomaly, and cases of it. */
export interface Anomaly {
  readonly name: AnomalyName
  /** How many there are; of cycles one for each knot that was untied. */
  readonly count: number
  /** The first of them. */
  readonly violations: readonly Violation[]
}

/**
 * A verdict about the level that was asked for, and beside it everything that was found, the worst first, with what it
 * says about every level.
 */
export type TransactionVerdict = Verdict &
  Standing & { readonly consistency: IsolationLevel; readonly anomalies: readonly Anomaly[] }

const BUDGET_STEPS = 50_000_000

/**
 * Judges transactions against a level of isolation, from what clients saw alone. Dependencies between transactions are
 * inferred from what they read and wrote; a cycle of dependencies is something that no order of the transactions
 * explains. K. Kingsbury and P. Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations", 2020.
 *
 * What is found is really wrong; but not all that is wrong shows in what clients saw.
 *
 * @returns `violated` where something was found that the level forbids; `unknown` where nothing was, but nothing could
 * have been: no transaction depends on another, or the budget ran out.
 * @throws HistoryError where the history is not one of transactions, or writes a value twice to a key.
 */
export function checkTransactions(history: TransactionHistory, options: TransactionOptions): TransactionVerdict {
  const { workload, budgetSteps = BUDGET_STEPS } = options
  const consistency = isolationLevel(options.consistency ?? 'strict-serializable')
  const table = tableOf(history, workload)
  const findings = new Findings()
  const { builder, reason } =
    workload === 'list-append'
      ? inferFromLists(table, findings)
      : inferFromRegisters(table, findings, options.assume ?? {})
  const dependencies = builder.edges
  addTimeEdges(builder, table)
  const graph = builder.build()
  const knots = knotsOf(graph)
  let steps = graph.targets.length
  let isCut = false
  if (knots !== undefined) {
    const search = new KnotSearch(knots, table, budgetSteps).run()
    steps += search.steps
    ;({ isCut } = search)
    for (const cycle of search.cycles) cycleFinding(cycle, findings, table, reason)
  }
  const anomalies = anomaliesOf(findings, table, options.name ?? consistency)
  const all = (name: AnomalyName) => [name, ...findings.marksOf(name)]
  const beside = { consistency, anomalies, ...standingOf(findings.names.flatMap(all)) }
  const forbidden = anomalies.filter(({ name }) => isRuledOut(consistency, all(name)))
  if (forbidden.length > 0) {
    return { verdict: 'violated', steps, violations: forbidden.flatMap(({ violations }) => violations), ...beside }
  }
  if (isCut) return { verdict: 'unknown', steps, reason: outOfBudget(consistency, budgetSteps), ...beside }
  if (dependencies === 0 && history.length > 1) return { verdict: 'unknown', steps, reason: NO_EVIDENCE, ...beside }
  return { verdict: 'ok', steps, ...beside }
}

/** The history property that transactions keep to a level of isolation. */
export function isolated(options: TransactionOptions): HistoryProperty {
  const name = options.name ?? isolationLevel(options.consistency ?? 'strict-serializable')
  return { kind: 'history', name, check: (history) => checkTransactions(history as TransactionHistory, options) }
}

const NO_EVIDENCE = 'no transaction is known to depend on another, so that there is nothing to judge'

function outOfBudget(consistency: IsolationLevel, budgetSteps: number): string {
  return `${consistency}: no answer within ${budgetSteps} steps`
}

function anomaliesOf(findings: Findings, table: TransactionTable, property: string): readonly Anomaly[] {
  return findings.names.map((name) => ({
    name,
    count: findings.count(name),
    violations: findings.of(name).map((finding) => violationOf(finding, table, property)),
  }))
}

function violationOf(
  { name, transactions, because }: Finding,
  { operations }: TransactionTable,
  property: string,
): Violation {
  const involved = transactions.map((transaction) => operations[transaction]!)
  const answered = involved.filter(({ outcome }) => outcome === 'ok')
  const last =
    answered.length === 0
      ? involved[0]!
      : answered.reduce((left, right) => (left.returnedAtMs > right.returnedAtMs ? left : right))
  return {
    property,
    shape: name,
    summary: `${name}, ${meaningOf(name)}: ${involved.length === 1 ? '1 transaction' : `${involved.length} transactions`}`,
    because,
    operations: involved.map(({ id }) => id),
    atMs: last.returnedAtMs,
    atEvent: last.returnedAtEvent,
  }
}
