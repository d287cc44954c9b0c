import type { FaultKind } from '../sim/faults.ts'
import type { Random } from '../sim/machine.ts'
import { draw, mixText, seedKey } from '../sim/mix.ts'
import { randomStream } from '../sim/random.ts'
import { drawFaults } from './fault-plan.ts'
import { guidedRecipe } from './guided/knowledge.ts'
import type { Recipe } from './guided/recipe.ts'
import type { RunPlan } from './result.ts'
import type { FaultMenu, NodeSpec, PlannedOperation, Scenario, ScenarioInput, Settings, Topology } from './scenario.ts'
import type { StrategyName } from './strategies/names.ts'

/** Networks near and far, disks fast and slow: each run has one of each. */
const LATENCY_SCALES = [0.3, 1, 1, 2] as const
const SYNC_MS = [
  [0.2, 2],
  [0.2, 2],
  [1, 10],
  [5, 30],
  [20, 80],
] as const

/** How what goes wrong is chosen. */
export interface PlanChoice {
  /** Only these kinds of faults. */
  readonly nemesis?: readonly FaultKind[] | undefined
  readonly strategy?: StrategyName | undefined
  /** What a guided search has learned so far: plans that others are made from. */
  readonly corpus?: readonly Recipe[] | undefined
}

/**
 * All that a seed decides: workload, network, faults. The same seed, settings and choice give the same plan. A plan
 * that a guided search has made from another has the seed of that one, whose workload it takes over.
 */
export function planRun(scenario: Scenario, seed: number, settings: Settings, choice: PlanChoice = {}): RunPlan {
  const corpus = choice.strategy === 'guided' ? (choice.corpus ?? []) : []
  const guided = guidedRecipe(seed, corpus, calmAt(scenario, settings))
  return planOf(scenario, guided ?? freshRecipe(scenario, seed, settings, choice), settings)
}

/** The plan that a recipe is of. */
export function planOf(scenario: Scenario, recipe: Recipe, settings: Settings): RunPlan {
  return {
    scenario: scenario.name,
    ...recipe,
    settings,
    operations: planOperations(scenario, recipe.seed, settings),
    calmAtMs: calmAt(scenario, settings),
    endMs: settings.durationMs,
  }
}

function calmAt(scenario: Scenario, settings: Settings): number {
  return Math.round(settings.durationMs * scenario.calmAt)
}

function freshRecipe(scenario: Scenario, seed: number, settings: Settings, choice: PlanChoice): Recipe {
  const { nodes, menu } = subjectOf(scenario, seed, settings)
  const random = randomStream(seed, 'network')
  const loss = scenario.network.loss * random.pick([0, 1, 1, 3])
  const duplication = scenario.network.duplication * random.pick([0, 1, 1, 3])
  const scale = random.pick(LATENCY_SCALES)
  const [minMs, maxMs] = scenario.network.latencyMs
  const subject = { nodes, menu, calmAtMs: calmAt(scenario, settings), nemesis: choice.nemesis }
  const { faults, anyOrder } = drawFaults(seed, subject, choice.strategy)
  const network = { latencyMs: [minMs * scale, maxMs * scale] as const, loss, duplication }
  return {
    seed,
    luck: seed,
    network: anyOrder ? { ...network, anyOrder } : network,
    syncMs: random.pick(SYNC_MS),
    faults,
  }
}

/** What the clients of a run are to do. */
export function planOperations(
  scenario: Scenario,
  seed: number,
  settings: Settings,
  choose: ScenarioInput['choose'] = chooserOf(seed),
): readonly PlannedOperation[] {
  const { firstOperation = 0 } = scenario
  const all: PlannedOperation[] = []
  for (let client = 0; client < settings.clients; client++) {
    const count = Math.floor((settings.operations + settings.clients - 1 - client) / settings.clients)
    const random: Random = randomStream(seed, 'client', client)
    for (const [index, operation] of scenario.workload(client, count, random, settings, choose).entries()) {
      all.push({
        id: firstOperation + client + settings.clients * index,
        client,
        atMs: operation.atMs,
        input: operation.input,
      })
    }
  }
  return all
}

/** The nodes of a plan, as the scenario builds them. `timeoutFactor` as in {@link ScenarioInput}. */
export function topologyOf(
  scenario: Scenario,
  seed: number,
  settings: Settings,
  operations: readonly PlannedOperation[],
  timeoutFactor = 1,
): Topology {
  return scenario.topology({ settings, operations, choose: chooserOf(seed), timeoutFactor })
}

/** Choices of a run by their name, the same whatever else is drawn. */
function chooserOf(seed: number): ScenarioInput['choose'] {
  const key = seedKey(seed)
  return (name, options) => options[draw(mixText(key, name), 0) % options.length]!
}

/** The nodes of a run, and what they survive in it. */
export function subjectOf(
  scenario: Scenario,
  seed: number,
  settings: Settings,
): { readonly nodes: readonly NodeSpec[]; readonly menu: FaultMenu } {
  const { nodes, faults } = topologyOf(scenario, seed, settings, [])
  return { nodes, menu: { ...scenario.faults, ...faults } }
}
