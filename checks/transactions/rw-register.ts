import type { Findings } from './findings.ts'
import { GraphBuilder, PASS, RW, WR, WW } from './graph.ts'
import { allBefore, expectedEdges } from './inference.ts'
import type { Before, Dependency, Inference } from './inference.ts'
import { inWords } from '../plain.ts'
import { initialsOf, markRead, RegisterReads } from './register-reads.ts'
import type { Initials, RegisterUse } from './register-reads.ts'
import { FOLLOWS_IN_PROCESS, FOLLOWS_IN_TIME, versionGraph } from './register-versions.ts'
import type { RegisterAssumptions } from './register-versions.ts'
import type { TransactionTable } from './table.ts'
import { keyInWords } from './transaction.ts'
import { Writes } from './writes.ts'

/**
 * What registers that are overwritten tell of the transactions that wrote and read them. A register does not show its
 * past, so that less of the order of versions is known than of lists: Kingsbury and Alvaro, 2020, section 5.2.
 */
export function inferFromRegisters(
  table: TransactionTable,
  findings: Findings,
  assumptions: RegisterAssumptions,
): Inference {
  const writes = new Writes(table)
  const initials = initialsOf(table, writes)
  markRead(table, writes)
  const uses: RegisterUse[] = []
  new RegisterReads(table, writes, findings, initials).forEachUse((use) => uses.push(use))
  const builder = new GraphBuilder(table.operations.length, expectedEdges(table))
  const readersOf = new Map<number, Before[]>()
  for (const { transaction, read } of uses) {
    if (read < 0) continue
    if (read < writes.count) builder.edge(writes.writerOf[read]!, transaction, WR, read)
    const readers = readersOf.get(read)
    if (readers === undefined) readersOf.set(read, [{ transaction, kind: RW }])
    else readers.push({ transaction, kind: RW })
  }
  checkUpdates(uses, findings, table, writes, initials)
  const { offsets, targets, kinds } = versionGraph(table, writes, uses, assumptions, findings)
  for (let version = 0; version < writes.count + table.keys.length; version++) {
    // What follows only because it was read follows its writer by the edge of that read already.
    const later = new Set<number>()
    for (let edge = offsets[version]!; edge < offsets[version + 1]!; edge++) {
      const next = targets[edge]!
      const isOrdered = (kinds[edge]! & (FOLLOWS_IN_PROCESS | FOLLOWS_IN_TIME)) !== 0
      if (next >= writes.count) continue
      later.add(next)
      const [source, target] = [writes.writerOf[version] ?? -1, writes.writerOf[next]!]
      if (isOrdered && source >= 0 && source !== target) builder.edge(source, target, WW, next)
    }
    const after = new Map([...later].map((write) => [writes.writerOf[write]!, write]))
    allBefore(
      builder,
      readersOf.get(version) ?? [],
      [...after].map(([transaction, write]) => ({ transaction, write })),
      PASS,
    )
  }
  return { builder, reason: (edge, name) => reasonOf(edge, name, table, writes) }
}

/** Two transactions that read the same version of a register and then wrote it. */
function checkUpdates(
  uses: readonly RegisterUse[],
  findings: Findings,
  { keys }: TransactionTable,
  writes: Writes,
  initials: Initials,
): void {
  const updatedBy = new Map<number, number>()
  for (const { transaction, key, read, written } of uses) {
    if (read < 0 || written < 0) continue
    const other = updatedBy.get(read)
    if (other === undefined) {
      updatedBy.set(read, transaction)
      continue
    }
    findings.add('lost-update', [other, transaction], () => {
      const value = read < writes.count ? writes.valueOf(read) : (initials.get(key) ?? null)
      return [
        `T1 and T2 both read ${inWords(value)} in ${keyInWords(keys[key])}`,
        'However both wrote it: one of them did not see the other, whichever came first',
      ]
    })
  }
}

function reasonOf(
  { source, target, kind, cause }: Dependency,
  name: (transaction: number) => string,
  { keys, keyOf, firstMicro, transactions }: TransactionTable,
  writes: Writes,
): string {
  const key = writes.keyOf[cause]!
  const [keyWord, value] = [keyInWords(keys[key]), inWords(writes.valueOf(cause))]
  if (kind === WR) return `${name(target)} read ${value} in ${keyWord}, which ${name(source)} wrote`
  const isOfKey = (place: number): boolean => keyOf[firstMicro[source]! + place] === key
  if (kind === RW) {
    const found = transactions[source]!.find(([action], place) => action === 'r' && isOfKey(place))![2] ?? null
    return `${name(source)} read ${inWords(found)} in ${keyWord}, which ${name(target)} overwrote with ${value}`
  }
  let own: unknown
  transactions[source]!.forEach(([action, , written], place) => {
    if (action === 'w' && isOfKey(place)) own = written
  })
  return `${name(target)} wrote ${value} to ${keyWord} after the ${inWords(own)} of ${name(source)}`
}
