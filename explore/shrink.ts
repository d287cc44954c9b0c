import type { Fault } from '../sim/faults.ts'
import type { Random } from '../sim/machine.ts'
import { draw, seedKey } from '../sim/mix.ts'
import { randomStream } from '../sim/random.ts'
import { minimize } from './minimize.ts'
import { plainPlan } from './plain-plan.ts'
import { executeRun, fingerprintOf } from './run.ts'
import { topologyOf } from './plan-run.ts'
import type { RunPlan, RunResult, Shrunk } from './result.ts'
import type { Scenario } from './scenario.ts'
import { restrictToNodes, simplerFaults } from './simpler.ts'

export interface ShrinkOptions {
  /** Runs it may take, 1,500 unless said. */
  readonly maxReplays?: number
  readonly onProgress?: (replays: number) => void
}

const OTHER_LUCKS = 20
/** Luck is tried anew when a fault is taken away: with another one the rest may be enough. */
const LUCKS_PER_FAULT = 12
const ROUNDS = 6
const MAX_REPLAYS = 1500
/** A failure with more faults than this is looked for anew with this many at most. */
const FEW_FAULTS = 3
const FEW_FAULTS_TRIES = 200

/** Kinds that act on single messages by chance: shrinking replaces them by what they did. */
const BY_CHANCE: ReadonlySet<string> = new Set([
  'loss',
  'duplication',
  'delay',
  'reordering',
  'clog',
  'slow-link',
  'bandwidth',
  'corruption',
])

/**
 * Makes a failure small: faults, operations, nodes and length together, keeping its fingerprint. What chance did to
 * messages is first written down message by message, so that each lost one can be taken away by itself.
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
 * Makes a failure small that several seeds of a sweep show: shrinks one after the other until one ends with a few
 * faults, and gives the smallest. Seeds that do not show it (under another `wire`, say) are passed over; undefined
 * where none does.
 */
export function shrinkAmong(
  scenario: Scenario,
  plans: Iterable<RunPlan>,
  fingerprint: string,
  options: ShrinkOptions = {},
): Shrunk | undefined {
  let smallest: Shrunk | undefined
  for (const plan of plans) {
    const first = executeRun(scenario, plan).violations[0]
    if (first === undefined || fingerprintOf(scenario.name, first) !== fingerprint) continue
    const shrunk = shrinkFailure(scenario, plan, fingerprint, options)
    if (smallest === undefined || shrunk.plan.faults.length < smallest.plan.faults.length) smallest = shrunk
    if (smallest.plan.faults.length <= FEW_FAULTS) break
  }
  return smallest
}

class Shrinker {
  private readonly scenario: Scenario
  private readonly fingerprint: string
  private readonly options: ShrinkOptions
  private readonly original: RunPlan
  private best: RunPlan
  private bestResult: RunResult
  private replays = 0

  constructor(scenario: Scenario, plan: RunPlan, fingerprint: string, options: ShrinkOptions) {
    this.scenario = scenario
    this.fingerprint = fingerprint
    this.options = options
    this.original = plan
    this.best = plan
    this.bestResult = executeRun(scenario, plan, { recordFates: true })
    if (!this.shows(this.bestResult))
      throw new Error(`the run does not show the failure ${fingerprint}: nothing to shrink`)
  }

  shrink(): Shrunk {
    const before = this.sizes(this.best, this.bestResult)
    if (this.best.faults.some(({ when }) => when !== undefined)) this.accept(plainPlan(this.best, this.bestResult))
    this.cutLength()
    this.writeDownChance()
    this.shrinkInRounds()
    if (this.best.faults.length > FEW_FAULTS && this.findWithFewFaults()) this.shrinkInRounds()
    const result = executeRun(this.scenario, this.best, { trace: true })
    return { plan: this.best, result, replays: this.replays, before, required: this.required() }
  }

  private shrinkInRounds(): void {
    for (let round = 0; round < ROUNDS; round++) {
      const size = this.size()
      this.fewerFaults()
      this.fewerOperations()
      this.fewerNodes()
      this.otherLuck()
      this.simplerValues()
      this.cutLength()
      if (this.size() === size || this.spent) break
    }
  }

  /**
   * Taking away one by one can end in a corner: many faults, each needed by the others. A few faults of the plan by
   * themselves, some at another moment, over the whole length and with other luck, often do as well.
   */
  private findWithFewFaults(): boolean {
    const random = randomStream(this.original.seed, 'shrink')
    const staged = this.original.faults.filter((fault) => !BY_CHANCE.has(fault.kind) && !('message' in fault))
    if (staged.length === 0) return false
    const network = { ...this.original.network, loss: 0, duplication: 0 }
    for (let attempt = 0; attempt < FEW_FAULTS_TRIES && !this.spent; attempt++) {
      const chosen = new Set(Array.from({ length: 1 + (attempt % FEW_FAULTS) }, () => random.pick(staged)))
      const faults = [...chosen].map((fault) => (random.chance(0.5) ? fault : this.atAnotherMoment(fault, random)))
      if (this.accept({ ...this.original, network, faults, luck: this.luck(3000 + attempt) })) return true
    }
    return false
  }

  private atAnotherMoment(fault: Fault, random: Random): Fault {
    return { ...fault, atMs: Math.round(random.float() * this.original.calmAtMs) }
  }

  private get spent(): boolean {
    return this.replays >= (this.options.maxReplays ?? MAX_REPLAYS)
  }

  /** Runs a smaller plan; it becomes the best where it shows the same failure. */
  private accept(plan: RunPlan): boolean {
    if (this.spent) return false
    this.replays++
    this.options.onProgress?.(this.replays)
    const result = executeRun(this.scenario, plan)
    if (!this.shows(result)) return false
    this.best = plan
    this.bestResult = result
    return true
  }

  private shows(result: RunResult): boolean {
    const first = result.violations[0]
    return first !== undefined && fingerprintOf(this.scenario.name, first) === this.fingerprint
  }

  /** Nothing after the violation matters, unless it is that something never came. */
  private cutLength(): void {
    const violation = this.bestResult.violations[0]!
    const endMs = Math.min(this.best.endMs, Math.ceil(violation.atMs) + 1)
    if (endMs >= this.best.endMs) return
    const faults = this.best.faults.filter(({ atMs }) => atMs <= endMs)
    this.accept({ ...this.best, endMs, faults })
  }

  /** Puts what chance did to single messages in the place of the chance. */
  private writeDownChance(): void {
    const recorded = executeRun(this.scenario, this.best, { recordFates: true }).messageFaults ?? []
    const quiet = { ...this.best.network, loss: 0, duplication: 0 }
    const staged = this.best.faults.filter(({ kind }) => !BY_CHANCE.has(kind))
    if (this.accept({ ...this.best, network: quiet, faults: staged })) return
    if (this.accept({ ...this.best, network: quiet, faults: [...staged, ...recorded] })) return
    // Streams are slowed by chance in ways that no message fault names: other luck without it may do.
    if (this.tryLucks({ ...this.best, network: quiet, faults: staged }, 2 * OTHER_LUCKS)) return
    this.accept({ ...this.best, network: quiet })
  }

  private fewerFaults(): void {
    const big = this.best.faults.filter((fault) => !('message' in fault))
    const small = this.best.faults.filter((fault) => 'message' in fault)
    minimize(small, (messages) => this.accept({ ...this.best, faults: [...big, ...messages] }))
    const messages = this.best.faults.filter((fault) => 'message' in fault)
    minimize(big, (faults) => this.accept({ ...this.best, faults: [...faults, ...messages] }))
  }

  private fewerOperations(): void {
    const needed = new Set(this.bestResult.violations[0]!.operations)
    const { operations } = this.best
    if (this.accept({ ...this.best, operations: operations.filter(({ id }) => needed.has(id)) })) {
      if (needed.size === 0) return
    }
    minimize(this.best.operations, (kept) => this.accept({ ...this.best, operations: kept }))
  }

  /** Fewer servers, then fewer clients; faults of nodes that are gone go too. */
  private fewerNodes(): void {
    for (const nodes of [3, 4]) {
      if (
        nodes < this.best.settings.nodes &&
        this.tryLucks(this.withNodes(nodes, this.best.settings.clients), LUCKS_PER_FAULT)
      )
        break
    }
    const used = Math.max(0, ...this.best.operations.map(({ client }) => client)) + 1
    if (used < this.best.settings.clients) this.accept(this.withNodes(this.best.settings.nodes, used))
  }

  private withNodes(nodes: number, clients: number): RunPlan {
    const settings = { ...this.best.settings, nodes, clients }
    const operations = this.best.operations
    const ids = new Set(topologyOf(this.scenario, this.best.seed, settings, operations).nodes.map(({ id }) => id))
    return { ...this.best, settings, faults: restrictToNodes(this.best.faults, ids) }
  }

  /** Takes away one fault at a time and looks whether with other luck the rest is enough. */
  private otherLuck(): void {
    const bare = this.best.faults.filter((fault) => !('message' in fault))
    if (bare.length < this.best.faults.length) this.tryLucks({ ...this.best, faults: bare }, 2 * LUCKS_PER_FAULT)
    for (const fault of this.best.faults) {
      this.tryLucks({ ...this.best, faults: this.best.faults.filter((other) => other !== fault) }, LUCKS_PER_FAULT)
    }
  }

  /** Rounder numbers and shorter faults. */
  private simplerValues(): void {
    for (const [index] of this.best.faults.entries()) {
      for (const simpler of simplerFaults(this.best.faults[index]!)) {
        const faults = [...this.best.faults]
        faults[index] = simpler
        if (this.accept({ ...this.best, faults })) break
      }
    }
  }

  private tryLucks(plan: RunPlan, count: number): boolean {
    if (plan.luck === this.best.luck && this.accept(plan)) return true
    // Other luck needs a little more time to come to the same point.
    const longer = { ...plan, endMs: Math.min(this.original.endMs, plan.endMs + 1500) }
    for (let index = 0; index < count; index++) {
      if (this.spent) return false
      if (this.accept({ ...longer, luck: this.luck(index) })) return true
    }
    return false
  }

  private luck(index: number): number {
    return draw(seedKey(this.original.seed), 1000 + index)
  }

  /** How many of twenty runs with other luck pass without each fault that is left. */
  private required(): Shrunk['required'] {
    return this.best.faults.map((fault) => {
      const without = { ...this.best, faults: this.best.faults.filter((other) => other !== fault) }
      let pass = 0
      for (let index = 0; index < OTHER_LUCKS; index++) {
        if (
          !this.shows(
            executeRun(this.scenario, { ...without, luck: index === 0 ? this.best.luck : this.luck(2000 + index) }),
          )
        )
          pass++
      }
      return { fault: fault.id, pass, of: OTHER_LUCKS }
    })
  }

  private size(): number {
    const { faults, operations, settings, endMs } = this.best
    return (
      faults.length * 1e6 + operations.length * 1e3 + settings.nodes * 10 + settings.clients + Math.floor(endMs) / 1e6
    )
  }

  private sizes(plan: RunPlan, result: RunResult): Shrunk['before'] {
    return {
      faults: plan.faults.length + (result.messageFaults?.length ?? 0),
      operations: result.history.length,
      nodes: plan.settings.nodes,
      events: result.events,
    }
  }
}
