import { mixText } from '../sim/mix.ts'
import type { SimulatedNode } from '../sim/node.ts'
import { hex } from '../sim/run-record.ts'
import { World, type WorldOptions } from '../sim/world.ts'
import type { History } from '../checks/history.ts'
import type { ClusterView, EventuallyProperty, HistoryProperty, Property } from '../checks/property.ts'
import type { Violation } from '../checks/verdict.ts'
import { Features } from './guided/features.ts'
import { topologyOf } from './plan-run.ts'
import type { RunPlan, RunResult } from './result.ts'
import type { Scenario } from './scenario.ts'
import { Watch } from './watch.ts'

/** What a run shall keep beside its verdict. */
export interface RunMode {
  readonly trace?: boolean
  readonly verify?: boolean
  /** Write down what probabilities do to single messages, for shrinking. */
  readonly recordFates?: boolean
  readonly wire?: boolean
  /** Keep the nodes' states as they are in the end. */
  readonly nodesAtEnd?: boolean
  /**
   * Go on to the end whatever breaks inside, and judge what clients saw as well. Only the first breach of an invariant
   * is told, as what follows from it says nothing new.
   */
  readonly keepGoing?: boolean
  /** Take down what abstract states it came to, for a guided search. */
  readonly features?: boolean
}

/** How often the calm is asked whether what must come has come. */
const EVENTUALLY_EVERY_MS = 100
const SUPERVISE_MS = [30, 150] as const

/** Builds the world of a plan; whoever debugs it may step through it. */
export function worldOf(
  scenario: Scenario,
  plan: RunPlan,
  mode: RunMode = {},
  watch: Pick<WorldOptions, 'observe' | 'noted'> = {},
): World {
  const topology = topologyOf(scenario, plan.seed, plan.settings, plan.operations)
  return new World({
    seed: plan.luck,
    protocol: topology.protocol,
    nodes: topology.nodes,
    history: topology.history?.(),
    network: plan.network,
    syncMs: plan.syncMs,
    faults: plan.faults,
    forks: plan.forks,
    calmAtMs: plan.calmAtMs,
    superviseMs: SUPERVISE_MS,
    ...(topology.spawn === undefined ? {} : { spawn: topology.spawn }),
    ...watch,
    trace: mode.trace === true,
    verify: mode.verify === true,
    recordFates: mode.recordFates === true,
    wire: mode.wire === true,
  })
}

/** Runs a plan to its end, or to the first breach of an `always` property, and judges it. */
export function executeRun(scenario: Scenario, plan: RunPlan, mode: RunMode = {}): RunResult {
  const run = new Run(scenario, plan, mode)
  run.go()
  return run.result()
}

class Run {
  private readonly plan: RunPlan
  private readonly mode: RunMode
  private readonly properties: readonly Property[]
  private readonly world: World
  private readonly view: ClusterView
  private readonly watch: Watch
  private readonly features: Features | undefined
  private readonly violations: Violation[] = []
  private clientVisible: Violation | undefined
  private unknown: string | undefined

  constructor(scenario: Scenario, plan: RunPlan, mode: RunMode) {
    this.plan = plan
    this.mode = mode
    this.properties = scenario.properties(plan.settings)
    const features = mode.features === true ? new Features(scenario.abstraction) : undefined
    this.features = features
    this.world = worldOf(scenario, plan, mode, {
      observe: (node) => this.observe(node),
      ...(features === undefined ? {} : { noted: (node, note) => features.noted(this.view, node, note) }),
    })
    this.view = viewOf(this.world)
    this.watch = new Watch(this.properties, this.view)
  }

  go(): void {
    const { world, plan } = this
    const goesOn = this.mode.keepGoing === true
    const stopped = (): boolean => !goesOn && (this.violations.length > 0 || world.findings.length > 0)
    world.run(Math.min(plan.calmAtMs, plan.endMs), stopped)
    if (!stopped() && plan.endMs > plan.calmAtMs) this.calm(stopped)
    for (const { property, summary, node, atMs, atEvent } of world.findings) {
      this.violations.push({
        property,
        shape: withoutNames(summary),
        summary: `${node}: ${summary}`,
        because: [],
        operations: [],
        atMs,
        atEvent,
        nodes: [node],
      })
    }
    if (this.violations.length === 0 || goesOn) this.judgeHistory()
  }

  private calm(stopped: () => boolean): void {
    const { world, plan } = this
    let waiting = this.ofKind('eventually').map((property) => ({
      property,
      memory: property.memory?.() as unknown,
      missing: 'it was never looked at' as string | undefined,
    }))
    while (world.nowMs < plan.endMs && !stopped()) {
      world.run(Math.min(plan.endMs, world.nowMs + EVENTUALLY_EVERY_MS), stopped)
      for (const one of waiting) one.missing = one.property.check(this.view, this.history, one.memory)
      waiting = waiting.filter(({ missing }) => missing !== undefined)
    }
    // A run that was cut short has not had its whole calm: what did not come may still have come.
    if (stopped() || plan.endMs < plan.settings.durationMs) return
    for (const { property, missing } of waiting) this.neverCame(property, missing!)
  }

  private neverCame(property: EventuallyProperty, missing: string): void {
    const violation: Violation = {
      property: property.name,
      shape: 'never in the calm',
      summary: missing,
      because: [
        `the calm began at ${(this.plan.calmAtMs / 1000).toFixed(3)}, and by ${(this.world.nowMs / 1000).toFixed(3)} this did not hold: ${missing}`,
      ],
      operations: [],
      atMs: this.world.nowMs,
      atEvent: this.world.hash.events,
    }
    this.violations.push(violation)
    if (property.clientVisible === true) this.clientVisible ??= violation
  }

  private judgeHistory(): void {
    for (const property of this.ofKind('history')) {
      const verdict = property.check(this.history, this.view)
      if (verdict.verdict === 'violated') {
        const placed = verdict.violations.map((violation) => this.placed(violation))
        this.clientVisible ??= placed[0]
        this.violations.push(...placed)
      }
      if (verdict.verdict === 'unknown') this.unknown = verdict.reason
    }
    this.violations.sort((a, b) => a.atMs - b.atMs)
  }

  /** What is said of the run as a whole was certain at its last event. */
  private placed(violation: Violation): Violation {
    const certainLater = violation.atEvent === undefined && violation.atMs >= this.world.nowMs
    return certainLater ? { ...violation, atEvent: this.world.hash.events } : violation
  }

  private get history(): History {
    return this.world.history.operations
  }

  private ofKind(kind: 'eventually'): EventuallyProperty[]
  private ofKind(kind: 'history'): HistoryProperty[]
  private ofKind(kind: Property['kind']): Property[] {
    return this.properties.filter((property) => property.kind === kind)
  }

  private observe(node: SimulatedNode): void {
    if (this.violations.length > 0) return
    const breach = this.watch.look(node)
    if (breach === undefined) return
    const { property, wrong } = breach
    this.violations.push({
      property,
      shape: withoutNames(wrong),
      summary: wrong,
      because: [],
      operations: [],
      atMs: this.world.nowMs,
      atEvent: this.world.hash.events,
      nodes: [node.id],
    })
  }

  result(): RunResult {
    const { world, plan } = this
    const operations = { ok: 0, fail: 0, info: 0 }
    for (const { id, outcome } of this.history) if (id >= 0) operations[outcome]++
    return {
      seed: plan.seed,
      verdict: this.violations.length > 0 ? 'violated' : this.unknown !== undefined ? 'unknown' : 'ok',
      violations: this.violations,
      clientVisible: this.clientVisible,
      reason: this.unknown,
      traceHash: world.hash.hex,
      contents: world.hash.contents,
      checkpoints: world.hash.checkpoints,
      events: world.hash.events,
      messages: world.messages,
      virtualMs: world.nowMs,
      operations,
      faults: Object.fromEntries(world.effects),
      sometimes: this.watch.seen,
      history: this.history,
      trace: world.trace,
      nodesAtEnd:
        this.mode.nodesAtEnd === true ? world.nodes.map(({ id, up, state }) => ({ id, up, state })) : undefined,
      messageFaults: this.mode.recordFates === true ? this.messageFaults() : undefined,
      faultsOfMoments: world.faultDriver.cameAbout,
      features: this.features?.all,
    }
  }

  private messageFaults(): NonNullable<RunResult['messageFaults']> {
    const first = Math.max(0, ...this.plan.faults.map(({ id }) => id)) + 1
    return this.world.fates.map(
      ({ kind, byMs, message, atMs }, index) =>
        ({
          id: first + index,
          kind,
          atMs,
          message,
          ...(kind === 'slow-message' ? { byMs } : kind === 'doubled-message' ? { afterMs: byMs } : {}),
        }) as NonNullable<RunResult['messageFaults']>[number],
    )
  }
}

function viewOf(world: World): ClusterView {
  return {
    get nowMs() {
      return world.nowMs
    },
    nodes: world.nodes,
    node: (id) => world.find(id),
  }
}

/** A sentence with names of nodes and numbers taken out, so that it is the same from every seed. */
export function withoutNames(sentence: string): string {
  return sentence.replace(/\b[a-z]+\d+\b/g, '·').replace(/\d+/g, '·')
}

/** What tells one failure from another, whatever seed shows it: 8 hex digits. */
export function fingerprintOf(scenario: string, violation: Violation): string {
  const property = violation.property.replace(/\(.*\)/, '')
  return hex(mixText(mixText(mixText(0, scenario), property), violation.shape))
}
