import type { Cycle } from './cycle.ts'
import { nameOf } from './cycle.ts'
import type { Findings } from './findings.ts'
import { PROCESS, REALTIME, RW } from './graph.ts'
import type { Dependency, Inference } from './inference.ts'
import { realTimeInWords } from '../linearizability/sentences.ts'
import type { TransactionTable } from './table.ts'

/** Adds a cycle, told from its earliest transaction on: T1 < T2, T2 < T3, and so on back to T1. */
export function cycleFinding(
  cycle: Cycle,
  findings: Findings,
  table: TransactionTable,
  reason: Inference['reason'],
): void {
  const first = cycle.reduce((best, { source }, at) => (source < cycle[best]!.source ? at : best), 0)
  const edges = [...cycle.slice(first), ...cycle.slice(0, first)]
  const transactions = edges.map(({ source }) => source)
  const name = (transaction: number): string => `T${transactions.indexOf(transaction) + 1}`
  if (isOfUpdates(edges, table)) findings.mark(nameOf(cycle), 'G-update')
  findings.add(nameOf(cycle), transactions, () => {
    const sentences = edges.map((edge) => {
      const why = timeReason(edge, name, table) ?? reason(edge, name)
      return `${name(edge.source)} < ${name(edge.target)}, because ${why}`
    })
    return [...sentences.slice(0, -1), `However ${sentences.at(-1)!}: a contradiction`]
  })
}

/** True where data alone make the cycle, it has an anti-dependency, and one transaction at most only reads. */
function isOfUpdates(cycle: Cycle, { transactions }: TransactionTable): boolean {
  const kinds = new Set(cycle.map(({ kind }) => kind))
  if (!kinds.has(RW) || kinds.has(PROCESS) || kinds.has(REALTIME)) return false
  return cycle.filter(({ source }) => transactions[source]!.every(([action]) => action === 'r')).length <= 1
}

function timeReason(
  { source, target, kind }: Dependency,
  name: (transaction: number) => string,
  { operations }: TransactionTable,
): string | undefined {
  if (kind === PROCESS) return `process ${operations[source]!.process} asked for ${name(target)} after ${name(source)}`
  if (kind !== REALTIME) return undefined
  return realTimeInWords(name(source), operations[source]!, name(target), operations[target]!)
}
