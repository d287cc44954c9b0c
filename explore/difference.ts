import type { Operation } from '../checks/history.ts'
import { canonical, inWords, samePlain } from '../checks/plain.ts'
import type { Fault } from '../sim/faults.ts'
import type { TraceEvent } from '../sim/trace.ts'
import type { NodeAtEnd, RunPlan, RunResult } from './result.ts'
import { firstDifference } from './verify.ts'

/** A run to be compared: with its trace, the hashes of its contents, and the nodes as they were at its end. */
export interface ComparedRun {
  readonly plan: RunPlan
  readonly result: RunResult
}

/** One thing that two runs have in two ways; undefined where a run does not have it. */
export interface Pair<Value> {
  readonly a: Value | undefined
  readonly b: Value | undefined
}

/** In what two runs differ; every list is empty where they are the same. */
export interface RunDifference {
  /** Where they part: the first event that happened, held or did something else. Undefined where none does. */
  readonly first: (Pair<TraceEvent> & { readonly event: number; readonly contentsOnly: boolean }) | undefined
  readonly plan: readonly (Pair<unknown> & { readonly name: string })[]
  readonly faults: { readonly onlyA: readonly Fault[]; readonly onlyB: readonly Fault[]; readonly both: number }
  /** Operations with the same number that were asked, or ended, in two ways; `same`: how many did not. */
  readonly operations: {
    readonly differing: readonly (Pair<Operation> & { readonly id: number })[]
    readonly same: number
  }
  /** How often a node noted something, where that differs. */
  readonly notes: readonly { readonly node: string; readonly note: string; readonly a: number; readonly b: number }[]
  /** Parts of nodes' states at the end: `n1 term`, `c2 session.next`. */
  readonly states: readonly (Pair<unknown> & { readonly node: string; readonly path: string })[]
  readonly violations: Pair<string>
}

/** Compares two runs of one scenario. */
export function differenceOf(a: ComparedRun, b: ComparedRun): RunDifference {
  return {
    first: firstOf(a.result, b.result),
    plan: planPairs(a.plan, b.plan),
    faults: faultsOf(a.plan.faults, b.plan.faults),
    operations: operationsOf(a.result.history, b.result.history),
    notes: notesOf(a.result, b.result),
    states: statesOf(a.result.nodesAtEnd ?? [], b.result.nodesAtEnd ?? []),
    violations: { a: violationOf(a.result), b: violationOf(b.result) },
  }
}

/** True where both are the same run. */
export function isSame({ first }: RunDifference): boolean {
  return first === undefined
}

function firstOf(a: RunResult, b: RunResult): RunDifference['first'] {
  const printOf = ({ seed, traceHash, contents }: RunResult) => ({ seed, traceHash, contents: contents! })
  const event = firstDifference(printOf(a), printOf(b))
  if (event === undefined) return undefined
  const [left, right] = [a.trace!.events[event - 1], b.trace!.events[event - 1]]
  return {
    event,
    a: left,
    b: right,
    contentsOnly: left !== undefined && right !== undefined && happenedAlike(left, right),
  }
}

/** The same but for what it held, or what the node made of it. */
function happenedAlike(a: TraceEvent, b: TraceEvent): boolean {
  const alike = (event: TraceEvent): unknown => [
    event.atUs,
    event.kind,
    event.node,
    event.peer,
    event.label,
    event.reason,
  ]
  return samePlain(alike(a), alike(b))
}

function planPairs(a: RunPlan, b: RunPlan): RunDifference['plan'] {
  const parts = ({
    seed,
    luck,
    settings,
    network,
    syncMs,
    calmAtMs,
    endMs,
    forks,
  }: RunPlan): Record<string, unknown> => ({
    seed,
    luck,
    ...settings,
    ...network,
    syncMs,
    calmAtMs,
    endMs,
    forks,
  })
  const [left, right] = [parts(a), parts(b)]
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].flatMap((name) =>
    samePlain(left[name], right[name]) ? [] : [{ name, a: left[name], b: right[name] }],
  )
}

/** Faults are the same whose content is, whatever their number in the plan. */
function faultsOf(a: readonly Fault[], b: readonly Fault[]): RunDifference['faults'] {
  const contentOf = ({ id: _id, ...fault }: Fault): string => canonical(fault)
  const missing = new Map<string, number>()
  for (const fault of b) missing.set(contentOf(fault), (missing.get(contentOf(fault)) ?? 0) + 1)
  const onlyA = a.filter((fault) => {
    const left = missing.get(contentOf(fault)) ?? 0
    if (left > 0) missing.set(contentOf(fault), left - 1)
    return left === 0
  })
  const onlyB = b.filter((fault) => {
    const left = missing.get(contentOf(fault)) ?? 0
    if (left > 0) missing.set(contentOf(fault), left - 1)
    return left > 0
  })
  return { onlyA, onlyB, both: a.length - onlyA.length }
}

function operationsOf(a: readonly Operation[], b: readonly Operation[]): RunDifference['operations'] {
  const [left, right] = [a, b].map((history) => new Map(history.map((operation) => [operation.id, operation])))
  const ids = [...new Set([...left!.keys(), ...right!.keys()])].sort((one, other) => one - other)
  const told = ({ input, outcome, output }: Operation): unknown => [input, outcome, output]
  const differing = ids.flatMap((id) => {
    const [one, other] = [left!.get(id), right!.get(id)]
    return one !== undefined && other !== undefined && samePlain(told(one), told(other))
      ? []
      : [{ id, a: one, b: other }]
  })
  return { differing, same: ids.length - differing.length }
}

function notesOf(a: RunResult, b: RunResult): RunDifference['notes'] {
  const [left, right] = [noteCounts(a), noteCounts(b)]
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort()
  return keys.flatMap((key) => {
    const [one, other] = [left.get(key) ?? 0, right.get(key) ?? 0]
    const [node, note] = JSON.parse(key) as [string, string]
    return one === other ? [] : [{ node, note, a: one, b: other }]
  })
}

function noteCounts({ trace }: RunResult): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { node, notes } of trace!.events) {
    for (const { event } of notes) {
      const key = JSON.stringify([node ?? '', event])
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return counts
}

function statesOf(a: readonly NodeAtEnd[], b: readonly NodeAtEnd[]): RunDifference['states'] {
  const ids = [...new Set([...a, ...b].map(({ id }) => id))]
  return ids.flatMap((id) => {
    const [one, other] = [a, b].map((nodes) => nodes.find((node) => node.id === id))
    if (one?.up !== true || other?.up !== true)
      return one?.up === other?.up ? [] : [{ node: id, path: '', a: wordOf(one), b: wordOf(other) }]
    return [...fieldPairs(one.state, other.state, '')].map((pair) => ({ node: id, ...pair }))
  })
}

function wordOf(node: NodeAtEnd | undefined): string | undefined {
  return node === undefined ? undefined : node.up ? 'up' : 'down'
}

/** Fields of objects and entries of Maps one by one, and theirs; of a list its length and the first that differs. */
function* fieldPairs(a: unknown, b: unknown, path: string): Generator<Pair<unknown> & { readonly path: string }> {
  if (samePlain(a, b)) return
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) yield { path: `${path}.length`, a: a.length, b: b.length }
    const first = Array.from({ length: Math.max(a.length, b.length) }).findIndex((_, at) => !samePlain(a[at], b[at]))
    yield { path: `${path}[${first}]`, a: a[first], b: b[first] }
    return
  }
  if (a instanceof Map && b instanceof Map) {
    for (const key of new Set([...a.keys(), ...b.keys()]))
      yield* fieldPairs(a.get(key), b.get(key), `${path}(${inWords(key)})`)
    return
  }
  if (!isRecord(a) || !isRecord(b)) {
    yield { path, a, b }
    return
  }
  for (const field of new Set([...Object.keys(a), ...Object.keys(b)])) {
    yield* fieldPairs(a[field], b[field], path === '' ? field : `${path}.${field}`)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value) && !ArrayBuffer.isView(value)
}

function violationOf({ verdict, violations }: RunResult): string {
  const [first] = violations
  return first === undefined ? verdict : `${verdict}: ${first.property}: ${first.summary}`
}
