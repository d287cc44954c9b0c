import { describe, expect, test } from 'vitest'
import { afterwards, always, type ClusterView, eventually, type Property } from '../../checks/property.ts'
import { executeRun, fingerprintOf } from '../../explore/run.ts'
import type { RunPlan, Shrunk } from '../../explore/result.ts'
import type { Scenario } from '../../explore/scenario.ts'
import { shrinkAmong, shrinkFailure } from '../../explore/shrink.ts'
import { planRun } from '../../explore/plan-run.ts'
import type { Fault } from '../../sim/faults.ts'
import { echo } from '../vitest/echo.ts'

const away = (view: ClusterView): number =>
  view.nodes.filter(({ role, up, incarnation }) => role === 'server' && incarnation > 0 && !up).length

/** Broken when a server handles something while two others are away, so by two crashes that overlap and an operation. */
const notTwoAway = always('two are never away at once', (view, _memory, changed) =>
  changed.role === 'server' && changed.up && away(view) === 2 ? 'two were away' : undefined,
)

const crash = (id: number, node: string, atMs: number, restartAfterMs = 300): Fault => ({
  id,
  kind: 'kill',
  node,
  atMs,
  restartAfterMs,
})

function scenarioOf(property: Property, more: Parameters<typeof echo>[0] = {}): Scenario {
  return echo({ properties: [property], faults: {}, ...more })
}

function planOf(scenario: Scenario, faults: readonly Fault[], seed = 1): RunPlan {
  return { ...planRun(scenario, seed, scenario.defaults), faults }
}

function shrink(scenario: Scenario, plan: RunPlan, maxReplays?: number): Shrunk {
  const violation = executeRun(scenario, plan).violations[0]!
  return shrinkFailure(
    scenario,
    plan,
    fingerprintOf(scenario.name, violation),
    maxReplays === undefined ? {} : { maxReplays },
  )
}

const sizes = ({ plan, result }: Shrunk) => ({
  kinds: plan.faults.map(({ kind }) => kind),
  operations: result.history.length,
  nodes: plan.settings.nodes,
  clients: plan.settings.clients,
})

/** Two crashes that overlap, among others and things that do no harm. */
const manyFaults: readonly Fault[] = [
  { id: 1, kind: 'loss', probability: 0.3, atMs: 100, forMs: 2000 },
  { id: 2, kind: 'pause', node: 'n3', atMs: 300, forMs: 400 },
  crash(3, 'n2', 500, 100),
  crash(4, 'n1', 1000),
  { id: 5, kind: 'clock-skew', node: 'n1', byMs: 500, atMs: 1100, forMs: 1000 },
  crash(6, 'n1', 1500, 900),
  { id: 7, kind: 'partition', groups: [['n1'], ['n2', 'n3']], atMs: 1510, forMs: 20 },
  crash(8, 'n2', 1550, 900),
  { id: 9, kind: 'slow-sync', node: 'n2', byMs: 5, atMs: 1600, forMs: 800 },
  crash(10, 'n3', 2900),
]

describe('a shrunk failure', () => {
  test('is two crashes and one operation where that is what it takes', () => {
    const scenario = scenarioOf(notTwoAway)
    const shrunk = shrink(scenario, planOf(scenario, manyFaults))
    expect(sizes(shrunk)).toEqual({ kinds: ['kill', 'kill'], operations: 1, nodes: 3, clients: 1 })
    expect(shrunk.plan.network).toMatchObject({ loss: 0, duplication: 0 })
    expect(shrunk.before).toMatchObject({ operations: expect.any(Number), nodes: 3 })
    expect(shrunk.before.faults).toBeGreaterThan(manyFaults.length)
  })

  test('comes soon after the start', () => {
    const scenario = scenarioOf(notTwoAway)
    const { result } = shrink(scenario, planOf(scenario, [crash(1, 'n1', 2500, 900), crash(2, 'n3', 2600, 900)]))
    expect(result.virtualMs).toBeLessThan(1500)
  })

  test('fails in the same way, and is the same every time', () => {
    const scenario = scenarioOf(notTwoAway)
    const plan = planOf(scenario, manyFaults)
    const [once, again] = [shrink(scenario, plan), shrink(scenario, plan)]
    expect(again).toEqual(once)
    expect(executeRun(scenario, once.plan)).toMatchObject({
      traceHash: once.result.traceHash,
      violations: [{ property: 'two are never away at once' }],
    })
  })

  test('has as many servers as it needs, under the names of the first', () => {
    const scenario = scenarioOf(notTwoAway, { defaults: { nodes: 5 } })
    const { plan } = shrink(scenario, planOf(scenario, [crash(1, 'n4', 1000, 900), crash(2, 'n5', 1100, 900)]))
    expect(plan.settings.nodes).toBe(3)
    expect(plan.faults.map((fault) => 'node' in fault && fault.node).sort()).toHaveLength(2)
  })

  test('loses no more servers for good than the system claims to survive', () => {
    const scenario = scenarioOf(notTwoAway, { defaults: { nodes: 5 } })
    const forGood = ['n4', 'n5'].map((node, index): Fault => ({
      id: index + 1,
      kind: 'kill',
      node,
      atMs: 1000 + 100 * index,
      forGood: true,
    }))
    const { plan } = shrink(scenario, planOf(scenario, forGood))
    const lost = plan.faults.filter((fault) => fault.forGood === true).length
    expect(lost).toBeLessThanOrEqual((plan.settings.nodes - 1) >> 1)
  })

  test('has one fault in the place of many that lose messages by chance', () => {
    const unanswered = afterwards('all are answered soon', (history, { nowMs }) =>
      history.some(({ outcome, invokedAtMs }) => outcome !== 'ok' && invokedAtMs < nowMs - 350)
        ? { summary: 'one was not answered' }
        : undefined,
    )
    const scenario = scenarioOf(unanswered)
    const losses = Array.from({ length: 8 }, (_, index): Fault => ({
      id: index + 1,
      kind: 'loss',
      probability: 0.5,
      atMs: 200 + 150 * index,
      forMs: 400,
    }))
    const shrunk = shrink(scenario, planOf(scenario, losses))
    expect(shrunk.plan.faults).toHaveLength(1)
    expect(shrunk.plan.faults.filter((fault) => 'probability' in fault && fault.probability < 1)).toEqual([])
    expect(shrunk.result.history).toHaveLength(1)
  })

  test('has planned operations in the place of those of a client that joins late', () => {
    const late = afterwards('nobody asks late', (history) =>
      history.length > 2 ? { summary: 'too many asked' } : undefined,
    )
    const base = scenarioOf(late, { defaults: { operations: 0 } })
    const withOperations = scenarioOf(late, { defaults: { operations: 20 } })
    const scenario: Scenario = {
      ...base,
      topology: (input) => {
        const settings = { ...input.settings, clients: input.settings.clients + 1 }
        const operations = Array.from({ length: 8 }, (_, index) => ({
          id: 100 + index,
          client: settings.clients - 1,
          atMs: 0,
          input: { action: 'say' },
        }))
        const { nodes } = withOperations.topology({ ...input, settings, operations })
        return { ...base.topology(input), spawn: () => nodes.at(-1)! }
      },
    }
    const shrunk = shrink(scenario, planOf(scenario, [{ id: 1, kind: 'spawn', index: 0, atMs: 1000 }]))
    expect(sizes(shrunk)).toEqual({ kinds: [], operations: 3, nodes: 3, clients: 1 })
  })

  test('keeps the whole calm where something never came in it', () => {
    const back = eventually('everyone is back', (view) => (away(view) > 0 ? 'one is away' : undefined))
    const scenario = scenarioOf(back)
    const faults: readonly Fault[] = [
      crash(1, 'n1', 500),
      { id: 2, kind: 'kill', node: 'n2', atMs: 2000, forGood: true },
    ]
    const plan = planOf(scenario, faults)
    const shrunk = shrink(scenario, plan)
    expect(sizes(shrunk)).toMatchObject({ kinds: ['kill'], operations: 0 })
    const calmMs = ({ settings, calmAtMs }: RunPlan): number => settings.durationMs - calmAtMs
    expect(calmMs(shrunk.plan)).toBeCloseTo(calmMs(plan), 3)
    expect(shrunk.plan.calmAtMs).toBeLessThan(plan.calmAtMs)
  })

  test('stays within the replays it is given, and is then as small as they allow', () => {
    const scenario = scenarioOf(notTwoAway)
    const plan = planOf(scenario, manyFaults)
    expect(shrink(scenario, plan, 7).replays).toBeLessThanOrEqual(7)
    expect(shrink(scenario, plan, 0)).toMatchObject({ plan, replays: 0 })
  })

  test('says of each fault how many runs pass without it', () => {
    const scenario = scenarioOf(notTwoAway)
    const { plan, required } = shrink(scenario, planOf(scenario, manyFaults))
    expect(required).toEqual(plan.faults.map(({ id }) => ({ fault: id, pass: 20, of: 20 })))
  })

  test('is refused where the run does not fail so', () => {
    const scenario = scenarioOf(notTwoAway)
    expect(() => shrinkFailure(scenario, planOf(scenario, []), 'abcdef01')).toThrow('nothing to shrink')
  })
})

describe('of several runs that fail alike', () => {
  const scenario = scenarioOf(notTwoAway)
  const plans = [planOf(scenario, []), planOf(scenario, manyFaults), planOf(scenario, manyFaults, 2)]
  const fingerprint = fingerprintOf(scenario.name, executeRun(scenario, plans[1]!).violations[0]!)

  test('one that ends small is enough', () => {
    let shrinkings = 0
    const shrunk = shrinkAmong(scenario, plans, fingerprint, {
      onProgress: (replays) => {
        if (replays === 1) shrinkings++
      },
    })
    expect(shrunk?.plan.faults).toHaveLength(2)
    expect(shrinkings).toBe(1)
  })

  test('those that do not fail are passed over', () => {
    expect(shrinkAmong(scenario, [plans[0]!], fingerprint)).toBeUndefined()
  })
})
