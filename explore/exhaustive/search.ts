import type { VerdictName, Violation } from '../../checks/verdict.ts'
import { UsageError } from '../usage-error.ts'
import { areIndependent, type Action } from './action.ts'
import { type Bounds, defaultBounds } from './bounds.ts'
import { FingerprintTable } from './fingerprint-table.ts'
import type { SmallState } from './state.ts'
import { stepOf, type Step } from './step.ts'
import { MOST_INTERCHANGEABLE } from './symmetry.ts'
import { type Outcome, SmallWorld, type SmallSystem } from './world.ts'

/** What a search over all behaviours of a small world found. */
export interface ExhaustiveResult {
  readonly verdict: VerdictName
  readonly violation: Violation | undefined
  /** The shortest way to the violation there is. */
  readonly path: readonly Step[]
  /** Why the verdict is unknown. */
  readonly reason: string | undefined
  /** `all`: there is no other state within the bounds; `depth`: there is none within that many steps. */
  readonly explored: 'all' | 'depth' | 'a part'
  /** Different states, and steps taken between them. */
  readonly states: number
  readonly steps: number
  /** States in which nothing more may happen. */
  readonly terminalStates: number
  /** The steps to the state farthest from the start. */
  readonly depth: number
  /** Properties that a search like this cannot judge, and `sometimes` properties that held in no state. */
  readonly leftOut: readonly string[]
  readonly neverSeen: readonly string[]
}

/** A state that is to be explored further. */
interface Open {
  readonly number: number
  readonly state: SmallState
  /** What need not be done here, as another order of the same steps does it. */
  sleeping: readonly Action[]
}

/**
 * Explores every behaviour of a system within bounds, breadth first, so that the first violation met is one with the
 * fewest steps. Two states with the same fingerprint of 64 bits count as one: among a million states that is wrong
 * with a probability of 3 in 100 million.
 */
export function exploreAll(system: SmallSystem, bounds: Partial<Bounds> = {}): ExhaustiveResult {
  const all = { ...defaultBounds, ...bounds }
  refuse(system, all)
  // Disks need not be told apart where nobody will ever read them. Whether anybody does shows on the way.
  return new Search(system, all, false).go() ?? new Search(system, all, true).go()!
}

function refuse({ nodes, role = 'server' }: SmallSystem, { symmetry, partialOrder }: Bounds): void {
  if (symmetry && partialOrder)
    throw new UsageError('bad-bounds', 'Symmetry and partial-order reduction do not go together; choose one of them.')
  const members = nodes.filter((node) => node.role === role).length
  if (symmetry && members > MOST_INTERCHANGEABLE)
    throw new UsageError(
      'bad-bounds',
      `Symmetry over ${members} nodes with the role ${role}: at most ${MOST_INTERCHANGEABLE} can be interchangeable.`,
    )
}

class Search {
  private readonly world: SmallWorld
  private readonly bounds: Bounds
  private readonly names: readonly string[]
  private readonly table = new FingerprintTable()
  /** For each state by its number: where it was reached from, by which action, and which of its outcomes it was. */
  private readonly parents: number[] = []
  private readonly keys: number[] = []
  private readonly branches: number[] = []
  private steps = 0
  private terminalStates = 0
  private undecided: string | undefined
  private found:
    | { readonly from: number; readonly key: number; readonly branch: number; violation: Violation }
    | undefined
  private readonly readDisksBefore: boolean

  constructor(system: SmallSystem, bounds: Bounds, readsDisks: boolean) {
    this.bounds = bounds
    this.names = system.nodes.map(({ id }) => id)
    this.world = new SmallWorld(system, bounds, readsDisks)
    this.readDisksBefore = readsDisks
  }

  /** Undefined where a handler read its disk and disks had not been told apart. */
  go(): ExhaustiveResult | undefined {
    let depth = 0
    let frontier = this.begin()
    while (frontier.length > 0 && depth < this.bounds.depth && this.found === undefined && !this.isFull) {
      const next: Open[] = []
      const level = new Map<number, Open>()
      for (const open of frontier) {
        this.expand(open, next, level)
        if (this.world.readsDisks !== this.readDisksBefore) return undefined
        if (this.found !== undefined || this.isFull) break
      }
      frontier = next
      if (next.length > 0) depth++
    }
    return this.result(depth, frontier.length === 0)
  }

  private get isFull(): boolean {
    return this.table.size > this.bounds.maxStates
  }

  private begin(): Open[] {
    const frontier: Open[] = []
    for (const [branch, outcome] of this.world.starts().entries())
      this.reach(-1, 0, branch, outcome, [], frontier, new Map())
    return frontier
  }

  /** Takes every step from a state that another order does not take as well. */
  private expand(open: Open, next: Open[], level: Map<number, Open>): void {
    const { number, state } = open
    const done: Action[] = [...open.sleeping]
    let moves = 0
    for (const action of this.world.actions(state)) {
      if (open.sleeping.some(({ key }) => key === action.key)) continue
      const outcomes = this.world.perform(state, action)
      moves += outcomes.length
      const visible = outcomes.some((outcome) => outcome.visible)
      const sleeping = this.bounds.partialOrder && !visible ? done.filter((other) => areIndependent(other, action)) : []
      let inside = outcomes.length > 0
      for (const [branch, outcome] of outcomes.entries()) {
        if (!this.reach(number, action.key, branch, outcome, sleeping, next, level)) inside = false
        if (this.found !== undefined) return
      }
      if (this.bounds.partialOrder && !visible && inside) done.push(action)
    }
    if (moves === 0 && open.sleeping.length === 0) this.terminalStates++
  }

  /** Meets a state; false where it lies outside of the bounds. */
  private reach(
    from: number,
    key: number,
    branch: number,
    outcome: Outcome,
    sleeping: readonly Action[],
    next: Open[],
    level: Map<number, Open>,
  ): boolean {
    const { state } = outcome
    if (this.bounds.within?.(this.world.view(state)) === false) return false
    if (from >= 0) this.steps++
    const violation = outcome.violation ?? (this.bounds.partialOrder ? this.world.lookAround(state) : undefined)
    if (violation !== undefined) {
      this.found = { from, key, branch, violation }
      return true
    }
    this.undecided ??= outcome.unknown
    const print = this.world.fingerprint(state)
    const known = this.table.find(print)
    if (known >= 0) {
      const open = level.get(known)
      if (open !== undefined)
        open.sleeping = open.sleeping.filter((one) => sleeping.some((other) => other.key === one.key))
      return true
    }
    const number = this.table.add(print)
    this.parents.push(from)
    this.keys.push(key)
    this.branches.push(branch)
    const open = { number, state, sleeping }
    next.push(open)
    if (this.bounds.partialOrder) level.set(number, open)
    return true
  }

  private result(depth: number, ended: boolean): ExhaustiveResult {
    const { found, isFull } = this
    const path = found === undefined ? [] : this.pathTo(found)
    const explored = found !== undefined || isFull ? 'a part' : ended ? 'all' : 'depth'
    const reason = isFull
      ? `there are more than ${this.bounds.maxStates} states; nothing is known of the rest`
      : this.undecided
    return {
      verdict: found !== undefined ? 'violated' : reason !== undefined ? 'unknown' : 'ok',
      violation: found?.violation,
      path,
      reason: found === undefined ? reason : undefined,
      explored,
      states: this.table.size,
      steps: this.steps,
      terminalStates: this.terminalStates,
      depth: found === undefined ? depth : path.length,
      leftOut: this.world.watch.leftOut,
      neverSeen: this.world.watch.neverSeen,
    }
  }

  /** Takes the steps to a violation once more, for what they are called and what the nodes noted. */
  private pathTo(found: { readonly from: number; readonly key: number; readonly branch: number }): readonly Step[] {
    const moves = [{ key: found.key, branch: found.branch }]
    let at = found.from
    for (; at >= 0 && this.parents[at]! >= 0; at = this.parents[at]!) {
      moves.push({ key: this.keys[at]!, branch: this.branches[at]! })
    }
    if (at < 0) return []
    const path: Step[] = []
    let { state } = this.world.starts()[this.branches[at]!]!
    for (const { key, branch } of moves.reverse()) {
      const action = this.world.actions(state).find((one) => one.key === key)
      const outcome = action && this.world.perform(state, action)[branch]
      if (outcome === undefined || action === undefined)
        throw new UsageError(
          'not-deterministic',
          'The same steps led elsewhere the second time: a machine or a property keeps something outside its state.',
        )
      path.push(stepOf(action, this.names, outcome.notes))
      state = outcome.state
    }
    return path
  }
}
