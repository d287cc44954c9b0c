import type { AlwaysProperty, HistoryProperty, Property, SometimesProperty } from '../../checks/property.ts'
import type { ClusterView } from '../../checks/property.ts'
import type { Violation } from '../../checks/verdict.ts'
import { withoutNames } from '../run.ts'
import { Folder, type Fingerprint } from './fingerprint.ts'
import { FingerprintTable } from './fingerprint-table.ts'
import { essence, type SmallHistory } from './history.ts'
import type { Cell } from './state.ts'

/** What a state is worth: wrong, or undecided because a checker ran out of budget, or neither. */
export interface Judgement {
  readonly violation?: Violation
  readonly unknown?: string
}

const FINE: Judgement = {}

/**
 * The properties that a search over all behaviours can judge: `always`, whose memory becomes a part of the state;
 * histories, where their first part is never wrong once the whole is right; `sometimes`, where they remember nothing.
 * What looks at the end of a run (`eventually`, `afterwards`) has nothing to look at here, and is named as left out.
 */
export class Watch {
  readonly leftOut: readonly string[]
  /** What was seen of what must be seen in some state. */
  readonly seen = new Set<string>()
  private readonly always: readonly AlwaysProperty[]
  private readonly forgetful: readonly AlwaysProperty[]
  private readonly histories: readonly HistoryProperty[]
  private readonly sightings: readonly SometimesProperty[]
  private readonly judged = new FingerprintTable()
  private readonly judgements: Judgement[] = []
  private readonly folder = new Folder({ unordered: false })

  constructor(properties: readonly Property[]) {
    this.always = properties.filter((property) => property.kind === 'always')
    this.forgetful = this.always.filter((property) => property.memory() === undefined)
    this.histories = properties
      .filter((property) => property.kind === 'history')
      .filter(({ prefixClosed }) => prefixClosed === true)
    this.sightings = properties
      .filter((property) => property.kind === 'sometimes')
      .filter((property) => property.memory() === undefined)
    const judged = new Set<Property>([...this.always, ...this.histories, ...this.sightings])
    this.leftOut = properties.filter((property) => !judged.has(property)).map(({ name }) => name)
  }

  /** The memory of each `always` property, at the start. */
  memories(): readonly unknown[] {
    return this.always.map((property) => property.memory() as unknown)
  }

  /** Which of the memories keep each node apart. */
  get ownMemories(): readonly boolean[] {
    return this.always.map(({ nodeByNode }) => nodeByNode === true)
  }

  get neverSeen(): readonly string[] {
    return this.sightings.map(({ name }) => name).filter((name) => !this.seen.has(name))
  }

  /** Looks at the world after a step of one node; the memories change in place. */
  observe(view: ClusterView, memories: readonly unknown[], changed: Cell): Violation | undefined {
    for (const [index, { name, check }] of this.always.entries()) {
      const wrong = check(view, memories[index], changed)
      if (wrong !== undefined) return violationOf(name, wrong, changed)
    }
    for (const { name, check } of this.sightings) {
      if (!this.seen.has(name) && check(view, undefined, changed)) this.seen.add(name)
    }
    return undefined
  }

  /**
   * Asks the properties that remember nothing about every node. The step that led here may have been another node's
   * step in an order that is left out.
   */
  lookAround(view: ClusterView, cells: readonly Cell[]): Violation | undefined {
    for (const { name, check } of this.forgetful) {
      for (const cell of cells) {
        const wrong = check(view, undefined, cell)
        if (wrong !== undefined) return violationOf(name, wrong, cell)
      }
    }
    return undefined
  }

  /** Judges a history whose last event was a return; the same one only once. */
  judge(history: SmallHistory, view: ClusterView): Judgement {
    if (this.histories.length === 0) return FINE
    const print: Fingerprint = this.folder.of(essence(history))
    const known = this.judged.find(print)
    if (known >= 0) return this.judgements[known]!
    this.judged.add(print)
    const judgement = this.ask(history, view)
    this.judgements.push(judgement)
    return judgement
  }

  private ask(history: SmallHistory, view: ClusterView): Judgement {
    let undecided: Judgement = FINE
    for (const property of this.histories) {
      const verdict = property.check(history.operations, view)
      if (verdict.verdict === 'violated') return { violation: verdict.violations[0]! }
      if (verdict.verdict === 'unknown') undecided = { unknown: verdict.reason }
    }
    return undecided
  }
}

export function violationOf(property: string, summary: string, { id }: Cell): Violation {
  return { property, shape: withoutNames(summary), summary, because: [], operations: [], atMs: 0, nodes: [id] }
}
