import type { Fault } from '../sim/faults.ts'
import type { Random } from '../sim/machine.ts'
import { draw, seedKey } from '../sim/mix.ts'
import { randomStream } from '../sim/random.ts'
import type { Violation } from '../checks/verdict.ts'
import { plainPlan } from './plain-plan.ts'
import { executeRun, fingerprintOf } from './run.ts'
import { operationCount, type RunPlan, type RunResult, type Shrunk } from './result.ts'
import type { Scenario } from './scenario.ts'
import { minimize } from './shrinking/minimize.ts'
import { earlier, fewOf, type Ground, lastOf, namedOperations, smallerPlan } from './shrinking/moves.ts'
import { toMicros } from './shrinking/retime.ts'
import { simplerFaults } from './shrinking/simpler.ts'
import { Smallest, withoutRest } from './shrinking/smallest.ts'
import { coarseWeight, isChance, planWeight } from './shrinking/weight.ts'

export interface ShrinkOptions {
  /** Runs it may take, 6,000 unless said: most of them are of plans that are small by then. */
  readonly maxReplays?: number
  readonly onProgress?: (replays: number) => void
}

const MAX_REPLAYS = 6000
/** In events and worlds: about as much as 400 runs of five servers for ten virtual seconds, for each of two steps. */
const MAX_COST = 2_000_000
/** The search ends when it has found nothing smaller for this long, times what is left: much is worth more patience. */
const PATIENCE_COST = 300_000
const PATIENCE_REPLAYS = 600
/** How many plans that are as small as the smallest the search goes on from beside it. */
const OTHER_BASES = 6
/** How often the search begins anew from a few of all faults: mostly, as long as runs of what is left are long. */
const ANEW = 0.3
const ANEW_FROM_MUCH = 0.8
const MANY_EVENTS = 800
const FEW_FAULTS = 3
const FEW_OPERATIONS = 6
/** Other luck needs a little more time to come to the same point. */
const MORE_MS = [100, 500, 1500] as const
/** How often a candidate keeps the luck that the smallest has. */
const KEEP_LUCK = 0.25
/** How much before the violation is tried by itself. */
const LAST_MS = [800, 1600, 3200] as const
const LUCKS_PER_FAULT = 12
const OTHER_LUCKS = 20
/** Of the seeds that show a failure, so many are shrunk at most. */
const MOST_SEEDS = 3

/**
 * Makes a failure small: faults, operations, nodes, length and luck together, keeping its fingerprint. First it takes
 * away what the very run does not need (delta debugging), then it searches among smaller plans: with fewer of
 * everything, closer together, one fault in the place of several, and other luck.
 */
export function shrinkFailure(
  scenario: Scenario,
  plan: RunPlan,
  fingerprint: string,
  options: ShrinkOptions = {},
): Shrunk {
  return new Shrinker(scenario, plan, fingerprint, options).shrink()
}

/**
 * Makes a failure small that several seeds of a sweep show: shrinks one after the other, the shortest runs first,
 * until one ends with a few faults and operations, and gives the smallest. Seeds that do not show it (under another `wire`, say) are passed over;
 * undefined where none does.
 */
export function shrinkAmong(
  scenario: Scenario,
  plans: Iterable<RunPlan>,
  fingerprint: string,
  options: ShrinkOptions = {},
): Shrunk | undefined {
  const failing = [...plans].flatMap((plan) => {
    const { violations, events } = executeRun(scenario, plan)
    const first = violations[0]
    return first !== undefined && fingerprintOf(scenario.name, first) === fingerprint ? [{ plan, events }] : []
  })
  let smallest: Shrunk | undefined
  for (const { plan } of failing.sort((a, b) => a.events - b.events).slice(0, MOST_SEEDS)) {
    const shrunk = shrinkFailure(scenario, plan, fingerprint, options)
    if (smallest === undefined || sizeOf(shrunk) < sizeOf(smallest)) smallest = shrunk
    if (smallest.plan.faults.length <= FEW_FAULTS && operationCount(smallest.result) <= FEW_OPERATIONS) break
  }
  return smallest
}

function sizeOf({ plan, result }: Shrunk): number {
  return 2 * plan.faults.length + operationCount(result)
}

/** A failing plan to look for smaller ones from. */
interface Base {
  readonly plan: RunPlan
  readonly result: RunResult
}

class Shrinker {
  private readonly scenario: Scenario
  private readonly original: RunPlan
  private readonly violation: Violation
  private readonly smallest: Smallest
  private readonly random: Random
  private lucks = 0

  constructor(scenario: Scenario, plan: RunPlan, fingerprint: string, options: ShrinkOptions) {
    this.scenario = scenario
    this.random = randomStream(plan.seed, 'shrink')
    const budget = { maxReplays: options.maxReplays ?? MAX_REPLAYS, maxCost: 2 * MAX_COST }
    this.smallest = new Smallest(scenario, plan, fingerprint, budget, options.onProgress)
    this.original = plainPlan(plan, this.smallest.result)
    this.violation = this.smallest.result.violations[0]!
  }

  shrink(): Shrunk {
    const { smallest } = this
    const before = sizesOf(smallest.plan, smallest.result)
    if (this.original !== smallest.plan) smallest.acceptSimpler(this.original)
    this.onlyTheLast()
    this.takeAway()
    this.bringForward()
    this.search()
    this.bringForward()
    this.settle()
    const result = executeRun(this.scenario, smallest.plan, { trace: true })
    return { plan: smallest.plan, result, replays: smallest.replays, before, required: this.required() }
  }

  /** Only what happened shortly before the violation, from the start: where that does with other luck, all is easier. */
  private onlyTheLast(): void {
    const { smallest } = this
    for (const lastMs of LAST_MS) {
      const plan = lastOf(this.original, this.violation.atMs - lastMs)
      if (plan === undefined) continue
      for (let count = 0; count < LUCKS_PER_FAULT; count++) {
        if (smallest.accept(this.withOtherLuck(plan))) return
      }
    }
  }

  /** Takes away what this very run does not need, with the luck it has. */
  private takeAway(): void {
    const { smallest } = this
    const enough = (): boolean => smallest.cost > MAX_COST
    const quiet = { latencyMs: smallest.plan.network.latencyMs, loss: 0, duplication: 0 }
    const named = namedOperations(smallest.result)
    smallest.accept({
      ...smallest.plan,
      network: quiet,
      operations: smallest.plan.operations.filter(({ id }) => named.has(id)),
    })
    smallest.accept({ ...smallest.plan, network: quiet })
    smallest.accept({ ...smallest.plan, operations: smallest.plan.operations.filter(({ id }) => named.has(id)) })
    // Large parts of both first, as the runs become shorter by it.
    for (const share of [1 / 8, 0]) {
      const { faults, operations } = smallest.plan
      minimize(
        faults,
        (kept) => !enough() && smallest.accept({ ...smallest.plan, faults: kept }),
        chunkOf(faults, share),
      )
      minimize(
        operations,
        (kept) => !enough() && smallest.accept({ ...smallest.plan, operations: kept }),
        chunkOf(operations, share),
      )
    }
  }

  /** Lets the first fault or operation come soon after the start: shorter runs are read, and tried, faster. */
  private bringForward(): void {
    const { smallest, random } = this
    for (let count = 0; count < LUCKS_PER_FAULT; count++) {
      const plan = earlier(smallest.plan, { scenario: this.scenario, result: smallest.result, random })
      if (plan === undefined) return
      smallest.accept(this.withOtherLuck(plan))
    }
  }

  /**
   * Looks among smaller plans for one that fails in the same way, until it finds none for a while. It goes on from the smallest and from others as small, as some of them fail with more lucks.
   */
  private search(): void {
    const { smallest } = this
    const untilCost = smallest.cost + MAX_COST
    let since = { cost: smallest.cost, replays: smallest.replays, weight: this.weight }
    const tired = (): boolean =>
      smallest.cost - since.cost > PATIENCE_COST * this.left ||
      smallest.replays - since.replays > PATIENCE_REPLAYS * this.left
    let others: readonly Base[] = []
    // Steps that do not apply cost nothing, so they are counted as well.
    for (
      let step = 0;
      step < 4 * MAX_REPLAYS && !smallest.spent && smallest.cost < untilCost && !tired() && !this.isLeast;
      step++
    ) {
      const candidate = this.candidate(others)
      if (candidate === undefined || planWeight(candidate) >= smallest.weight) continue
      const plan = this.withOtherLuck(candidate)
      const result = smallest.tryOut(plan)
      if (result === undefined) continue
      others = this.asSmall([...others, { plan: withoutRest(plan, result), result }])
      if (this.weight < since.weight) since = { cost: smallest.cost, replays: smallest.replays, weight: this.weight }
    }
  }

  private asSmall(bases: readonly Base[]): readonly Base[] {
    return bases.filter(({ plan, result }) => coarseWeight(plan, result) <= this.weight).slice(-OTHER_BASES)
  }

  private candidate(others: readonly Base[]): RunPlan | undefined {
    const { scenario, smallest, random } = this
    const { plan, result } =
      others.length > 0 && random.chance(0.5) ? random.pick(others) : { plan: smallest.plan, result: smallest.result }
    const ground: Ground = { scenario, result, random }
    const anew = result.events > MANY_EVENTS ? ANEW_FROM_MUCH : ANEW
    if (plan.faults.length < 2 || !random.chance(anew)) return smallerPlan(plan, ground)
    const most = {
      faults: Math.min(FEW_FAULTS, Math.max(0, plan.faults.length - 1)),
      operations: Math.min(2 * FEW_OPERATIONS, operationCount(result)),
    }
    return random.chance(0.5)
      ? fewOf(this.original, this.violation, most, ground)
      : fewOf(plan, result.violations[0]!, most, ground)
  }

  private get weight(): number {
    return coarseWeight(this.smallest.plan, this.smallest.result)
  }

  /** How much there is that may still be taken away, one more than nothing. */
  private get left(): number {
    const { plan, result } = this.smallest
    return 1 + plan.faults.length + operationCount(result) / 2
  }

  private withOtherLuck(plan: RunPlan): RunPlan {
    if (this.random.chance(KEEP_LUCK)) return plan
    const endMs = plan.endMs >= plan.settings.durationMs ? plan.endMs : toMicros(plan.endMs + this.random.pick(MORE_MS))
    return { ...plan, forks: undefined, luck: this.luck(), endMs }
  }

  /** Nothing can be taken away any more. */
  private get isLeast(): boolean {
    const { plan, result } = this.smallest
    const isSmallCluster = plan.settings.nodes <= 3 || this.scenario.nodesAreGiven === true
    return plan.faults.length === 0 && operationCount(result) === 0 && isSmallCluster
  }

  /** The last touches: without one thing each and with other luck, with rounder and shorter values, without chance. */
  private settle(): void {
    const { smallest } = this
    for (const fault of smallest.plan.faults) {
      const faults = smallest.plan.faults.filter((other) => other !== fault)
      for (let count = 0; count < LUCKS_PER_FAULT; count++) {
        if (smallest.accept(this.withOtherLuck({ ...smallest.plan, faults }))) break
      }
    }
    this.simplerValues()
    this.writeDownChance()
  }

  /** Rounder numbers and shorter faults. */
  private simplerValues(): void {
    const { smallest } = this
    for (const { id } of smallest.plan.faults) {
      const fault = smallest.plan.faults.find((one) => one.id === id)
      if (fault === undefined) continue
      for (const simpler of simplerFaults(fault)) {
        const faults = smallest.plan.faults.map((one) => (one === fault ? simpler : one))
        if (smallest.acceptSimpler({ ...smallest.plan, faults })) break
      }
    }
  }

  /** Puts what chance did to single messages in the place of the chance, where few of them matter. */
  private writeDownChance(): void {
    const { smallest } = this
    const { plan } = smallest
    if (!plan.faults.some(isChance)) return
    const recorded = executeRun(this.scenario, plan, { recordFates: true }).messageFaults ?? []
    const staged = plan.faults.filter((fault) => !isChance(fault))
    let faults: readonly Fault[] = [...staged, ...recorded]
    const shows = (left: readonly Fault[]): boolean =>
      smallest.shows(executeRun(this.scenario, { ...plan, faults: [...staged, ...left] }))
    if (!shows(recorded)) return
    faults = [...staged, ...minimize(recorded, shows)]
    smallest.acceptSimpler({ ...plan, faults })
  }

  private luck(): number {
    return draw(seedKey(this.original.seed), 1000 + this.lucks++)
  }

  /** How many of twenty runs with other luck pass without each fault that is left. */
  private required(): Shrunk['required'] {
    const { plan } = this.smallest
    return plan.faults.map((fault) => {
      const without = { ...plan, faults: plan.faults.filter((other) => other !== fault) }
      let pass = 0
      for (let index = 0; index < OTHER_LUCKS; index++) {
        const luck = index === 0 ? plan.luck : this.luck()
        if (!this.smallest.shows(executeRun(this.scenario, { ...without, luck }))) pass++
      }
      return { fault: fault.id, pass, of: OTHER_LUCKS }
    })
  }
}

function chunkOf(items: readonly unknown[], share: number): number {
  return Math.max(1, Math.floor(items.length * share))
}

function sizesOf(plan: RunPlan, result: RunResult): Shrunk['before'] {
  return {
    faults: plan.faults.length + (result.messageFaults?.length ?? 0),
    operations: operationCount(result),
    nodes: plan.settings.nodes,
    events: result.events,
  }
}
