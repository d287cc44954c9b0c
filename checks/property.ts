import type { History } from './history.ts'
import type { Verdict } from './verdict.ts'

/** The cluster as a property sees it, from outside, at one moment. Nothing in it may be changed. */
export interface ClusterView {
  readonly nowMs: number
  readonly nodes: readonly NodeView[]
  node(id: string): NodeView | undefined
}

export interface NodeView {
  readonly id: string
  /** What the scenario calls it: `server`, `client`. */
  readonly role: string
  readonly up: boolean
  /** Counts its starts, from 1. */
  readonly incarnation: number
  /** Its state; undefined where it is down. */
  readonly state: unknown
  /** Why it ended in good order, in its own words, where it did. */
  readonly exitReason?: string | undefined
  /** True where its disk lost, changed or put back what it had said was durable. */
  readonly diskHarmed?: boolean
}

/**
 * Says cheaply whether an event changed anything that the properties behind it look at. Most events change nothing of
 * the kind, and one glance for all properties together costs less than a glance of each.
 */
export interface Gate<Memory = any> {
  /** A gate in front of this one, which is only asked where that one opens. */
  readonly within?: Gate
  /** Plain data, made anew for each run: what the nodes were like when they were last looked at. */
  readonly memory: () => Memory
  /** False only where every property behind it would find what it found when it was last asked about this node. */
  readonly opens: (memory: Memory, changed: NodeView, view: ClusterView) => boolean
}

/** Looked at after every event that may have changed a node; says in one sentence what is wrong, or undefined. */
export interface AlwaysProperty<Memory = any> {
  readonly kind: 'always'
  readonly name: string
  readonly gate?: Gate
  /** Plain data it must remember between events, made anew for each run. */
  readonly memory: () => Memory
  /**
   * True where it looks at the changed node alone, and remembers each node apart: then steps of different nodes do not
   * touch each other by it, which the reduction of an exhaustive search makes use of.
   */
  readonly nodeByNode?: boolean
  readonly check: (view: ClusterView, memory: Memory, changed: NodeView) => string | undefined
}

/** Must become true in the calm, and is looked at every `everyMs` of it until then. */
export interface EventuallyProperty<Memory = any> {
  readonly kind: 'eventually'
  readonly name: string
  /** Plain data it must remember between looks, made anew for each run; none unless given. */
  readonly memory?: () => Memory
  /** True where a client notices that it does not hold, and not only who looks into the nodes. */
  readonly clientVisible?: boolean
  /** Undefined where it holds by now; otherwise what is still missing, in a sentence. */
  readonly check: (view: ClusterView, history: History, memory: Memory) => string | undefined
}

/** Must be seen in some run of a sweep, or the sweep says that it never was. Looked at like `always`. */
export interface SometimesProperty<Memory = any> {
  readonly kind: 'sometimes'
  readonly name: string
  readonly gate?: Gate
  readonly memory: () => Memory
  readonly check: (view: ClusterView, memory: Memory, changed: NodeView) => boolean
}

/** Judges the history once the run is over: what it finds wrong, clients have seen. */
export interface HistoryProperty {
  readonly kind: 'history'
  readonly name: string
  /** True where every first part of a history that holds does hold as well, so that it may be asked at any time. */
  readonly prefixClosed?: boolean
  /** True where it looks at the history alone, and at no node. */
  readonly clientVisible?: boolean
  readonly check: (history: History, view: ClusterView) => Verdict
}

export type Property = AlwaysProperty | EventuallyProperty | SometimesProperty | HistoryProperty

export function always<Memory = undefined>(
  name: string,
  check: (view: ClusterView, memory: Memory, changed: NodeView) => string | undefined,
  memory?: () => Memory,
  options: { readonly nodeByNode?: boolean } = {},
): AlwaysProperty<Memory> {
  return { kind: 'always', name, check, memory: memory ?? (() => undefined as Memory), ...options }
}

export function eventually<Memory = undefined>(
  name: string,
  check: (view: ClusterView, history: History, memory: Memory) => string | undefined,
  options: { readonly clientVisible?: boolean; readonly memory?: () => Memory } = {},
): EventuallyProperty<Memory> {
  return { kind: 'eventually', name, check, ...options }
}

export function sometimes<Memory = undefined>(
  name: string,
  check: (view: ClusterView, memory: Memory, changed: NodeView) => boolean,
  memory?: () => Memory,
): SometimesProperty<Memory> {
  return { kind: 'sometimes', name, check, memory: memory ?? (() => undefined as Memory) }
}

/** The same properties, asked only where the gate opens. */
export function behind<Asked extends AlwaysProperty | SometimesProperty>(
  gate: Gate,
  properties: readonly Asked[],
): readonly Asked[] {
  return properties.map((property) => ({ ...property, gate }))
}

/** What is wrong with a history as a whole. */
export interface Breach {
  /** One sentence. */
  readonly summary: string
  /** Ids of the operations in conflict; sentences may call them T1, T2 …, in this order. */
  readonly operations?: readonly number[]
  /** The steps of the contradiction, a sentence each. */
  readonly because?: readonly string[]
}

/** Asked once, when the run is over, of all that clients asked and were told, and of the nodes as they are then. */
export function afterwards(
  name: string,
  check: (history: History, view: ClusterView) => Breach | undefined,
): HistoryProperty {
  return {
    kind: 'history',
    name,
    check: (history, view) => {
      const breach = check(history, view)
      if (breach === undefined) return { verdict: 'ok', steps: history.length }
      const { summary, operations = [], because = [] } = breach
      const violation = { property: name, shape: 'in the end', summary, because, operations, atMs: view.nowMs }
      return { verdict: 'violated', steps: history.length, violations: [violation] }
    },
  }
}

/** Asked once, when the run is over, of what clients asked and were told and of nothing else: also of a run for real. */
export function inHistory(name: string, check: (history: History) => Breach | undefined): HistoryProperty {
  return { ...afterwards(name, (history) => check(history)), clientVisible: true }
}
