import { componentsOf } from './components.ts'
import type { Findings } from './findings.ts'
import { GraphBuilder } from './graph.ts'
import type { Graph } from './graph.ts'
import { inWords } from '../plain.ts'
import type { RegisterUse } from './register-reads.ts'
import type { TransactionTable } from './table.ts'
import { keyInWords } from './transaction.ts'
import type { Writes } from './writes.ts'

/** What is taken for granted of each register by itself, so that more of the order of its versions is known. */
export interface RegisterAssumptions {
  /**
   * What a transaction writes to a register follows the version that it read there. True unless given: where it does
   * not hold, there is a G1c.
   */
  readonly writesFollowReads?: boolean
  /** A process sees no register go back. False unless given. */
  readonly sequentialKeys?: boolean
  /** Each register by itself is linearizable. False unless given. */
  readonly linearizableKeys?: boolean
}

/** Why a version follows another: a bit each. */
export const FOLLOWS_INITIAL = 1
export const FOLLOWS_READ = 2
export const FOLLOWS_IN_PROCESS = 4
export const FOLLOWS_IN_TIME = 8
const EVERY_REASON = FOLLOWS_INITIAL | FOLLOWS_READ | FOLLOWS_IN_PROCESS | FOLLOWS_IN_TIME

/** Which version follows which, the versions numbered as in `RegisterUse`. No edge of a key whose versions turn in a circle. */
export function versionGraph(
  table: TransactionTable,
  writes: Writes,
  uses: readonly RegisterUse[],
  assumptions: RegisterAssumptions,
  findings: Findings,
): Graph {
  const versions = writes.count + table.keys.length
  const builder = new GraphBuilder(versions)
  const hasEarlier = new Uint8Array(versions)
  const follow = (earlier: number, later: number, reason: number): void => {
    if (earlier < 0 || later < 0 || earlier === later) return
    hasEarlier[later] = 1
    builder.edge(earlier, later, reason)
  }
  if (assumptions.writesFollowReads !== false) {
    for (const { read, written } of uses) follow(read, written, FOLLOWS_READ)
  }
  if (assumptions.sequentialKeys === true) followInProcess(table, uses, follow)
  if (assumptions.linearizableKeys === true) followInTime(table, uses, follow)
  for (const { key, written } of uses) {
    if (written >= 0 && hasEarlier[written] === 0) builder.edge(writes.count + key, written, FOLLOWS_INITIAL)
  }
  return withoutCircles(builder.build(), table, writes, findings)
}

type Follow = (earlier: number, later: number, reason: number) => void

function firstOf({ read, written }: RegisterUse): number {
  return read >= 0 ? read : written
}

function lastOf({ read, written }: RegisterUse): number {
  return written >= 0 ? written : read
}

function followInProcess({ operations }: TransactionTable, uses: readonly RegisterUse[], follow: Follow): void {
  const lastUses = new Map<string, Map<number, number>>()
  for (const use of uses) {
    const { process, outcome } = operations[use.transaction]!
    const ofProcess = lastUses.get(process) ?? new Map<number, number>()
    lastUses.set(process, ofProcess)
    follow(ofProcess.get(use.key) ?? -1, firstOf(use), FOLLOWS_IN_PROCESS)
    if (outcome === 'ok' && lastOf(use) >= 0) ofProcess.set(use.key, lastOf(use))
  }
}

/**
 * Of each key those who returned last are remembered: who was invoked when another of them had returned takes the
 * other's place.
 */
function followInTime({ ends }: TransactionTable, uses: readonly RegisterUse[], follow: Follow): void {
  const usesOf = new Map<number, RegisterUse[]>()
  for (const use of uses) {
    if (usesOf.has(use.transaction)) usesOf.get(use.transaction)!.push(use)
    else usesOf.set(use.transaction, [use])
  }
  const frontier = new Map<number, RegisterUse[]>()
  const replaced = new Map<RegisterUse, readonly RegisterUse[]>()
  for (const end of ends) {
    for (const use of usesOf.get(end >> 1) ?? []) {
      const latest = frontier.get(use.key) ?? []
      if (end % 2 === 0) {
        for (const earlier of latest) follow(lastOf(earlier), firstOf(use), FOLLOWS_IN_TIME)
        replaced.set(use, latest)
      } else if (lastOf(use) >= 0) {
        const old = new Set(replaced.get(use))
        frontier.set(use.key, [...latest.filter((other) => !old.has(other)), use])
      }
    }
  }
}

function withoutCircles(graph: Graph, table: TransactionTable, writes: Writes, findings: Findings): Graph {
  const components = componentsOf(graph, EVERY_REASON)
  if (components.count === graph.vertices) return graph
  const keyOf = (version: number): number => (version < writes.count ? writes.keyOf[version]! : version - writes.count)
  const circular = new Map<number, number[]>()
  for (let version = 0; version < graph.vertices; version++) {
    if (components.sizes[components.of[version]!] === 1) continue
    const versions = circular.get(keyOf(version))
    if (versions === undefined) circular.set(keyOf(version), [version])
    else versions.push(version)
  }
  for (const [key, versions] of circular) {
    tellCircle(key, versions, reasonsAmong(versions, graph, components.of), table, writes, findings)
  }
  const builder = new GraphBuilder(graph.vertices)
  for (let version = 0; version < graph.vertices; version++) {
    if (circular.has(keyOf(version))) continue
    for (let edge = graph.offsets[version]!; edge < graph.offsets[version + 1]!; edge++) {
      builder.edge(version, graph.targets[edge]!, graph.kinds[edge]!)
    }
  }
  return builder.build()
}

/** Of all edges that close the circles. */
function reasonsAmong(versions: readonly number[], graph: Graph, componentOf: ArrayLike<number>): number {
  let reasons = 0
  for (const version of versions) {
    for (let edge = graph.offsets[version]!; edge < graph.offsets[version + 1]!; edge++) {
      if (componentOf[graph.targets[edge]!] === componentOf[version]) reasons |= graph.kinds[edge]!
    }
  }
  return reasons
}

function reasonsInWords(reasons: number): string {
  const words: string[] = []
  if ((reasons & (FOLLOWS_READ | FOLLOWS_INITIAL)) !== 0) words.push('by what was read')
  if ((reasons & FOLLOWS_IN_PROCESS) !== 0) words.push('by what a process read or wrote later')
  if ((reasons & FOLLOWS_IN_TIME) !== 0) words.push('by what was read or written once another had returned')
  return words.join(' and ')
}

function tellCircle(
  key: number,
  versions: readonly number[],
  reasons: number,
  { keys }: TransactionTable,
  writes: Writes,
  findings: Findings,
): void {
  const written = versions.filter((version) => version < writes.count)
  const writers = [...new Set(written.map((version) => writes.writerOf[version]!))]
  findings.add('cyclic-versions', writers, () => [
    ...written.map((version) => {
      const writer = writers.indexOf(writes.writerOf[version]!) + 1
      return `T${writer} wrote ${inWords(writes.valueOf(version))} to ${keyInWords(keys[key])}`
    }),
    `However ${reasonsInWords(reasons)}, each of these versions came after itself`,
  ])
}
