import type { Fault } from '../../sim/faults.ts'
import type { NodeId, PlainData, Random } from '../../sim/machine.ts'
import type { Violation } from '../../checks/verdict.ts'
import type { RunPlan, RunResult } from '../result.ts'
import type { PlannedOperation, Scenario } from '../scenario.ts'
import { coveringFault } from './covering.ts'
import { castOf, renameInOperations, renameNodes } from './nodes.ts'
import { endOf, isTimed, retimed, toMicros } from './retime.ts'
import { isChance } from './weight.ts'

/** What a step from one plan to another may know. */
export interface Ground {
  readonly scenario: Scenario
  /** The run of the plan that the step begins with. */
  readonly result: RunResult
  readonly random: Random
}

/** One step from a plan to another; undefined where it does not apply. */
type Move = (plan: RunPlan, ground: Ground) => RunPlan | undefined

const FEWEST_SERVERS = 3
/** A run longer than this is worth more for being shorter: each try takes its time. */
const LONG_MS = 2000
/** A system has settled by then, mostly: what happens to it comes afterwards. */
const ELECTED_MS = 400
/** How often a fault that is tried by itself makes room for a plain one in its place. */
const PLAINER = 0.5
/** What led to a violation mostly happened this shortly before it. */
const BEFORE_MS = 2500
/** A plan with more faults than this is halved rather than picked at. */
const MANY = 6

/** Leaves out one fault, or of many a share of them. */
const dropFaults: Move = (plan, { random }) => {
  const { faults } = plan
  if (faults.length === 0) return undefined
  if (faults.length > MANY && random.chance(0.5)) {
    const keep = random.pick([0.25, 0.5, 0.75])
    return { ...plan, faults: faults.filter(() => random.chance(keep)) }
  }
  const dropped = new Set(Array.from({ length: random.pick([1, 1, 2]) }, () => random.pick(faults)))
  return { ...plan, faults: faults.filter((fault) => !dropped.has(fault)) }
}

/** Leaves out operations: one or two of few; of many a share, or some that follow each other, or all that nothing names. */
const dropOperations: Move = (plan, { random, result }) => {
  const { operations } = plan
  if (operations.length === 0) return undefined
  const named = namedOperations(result)
  if (named.size > 0 && random.chance(0.2)) return { ...plan, operations: operations.filter(({ id }) => named.has(id)) }
  if (operations.length > MANY && random.chance(0.4)) {
    const keep = random.pick([0.1, 0.3, 0.6, 0.8])
    return { ...plan, operations: operations.filter(({ id }) => random.chance(named.has(id) ? 0.9 : keep)) }
  }
  const from = random.integer(0, operations.length - 1)
  const count = random.integer(1, Math.max(2, operations.length >> 2))
  return { ...plan, operations: operations.filter((_, place) => place < from || place >= from + count) }
}

/** Operations that the violation names. */
export function namedOperations(result: RunResult): ReadonlySet<number> {
  return new Set(result.violations[0]?.operations)
}

/** Operations of clients that join late are in no plan: planned ones in their place need no fault to be asked. */
const planLateOperations: Move = (plan, { random, result }) => {
  const spawned = plan.faults.filter(({ kind }) => kind === 'spawn')
  if (spawned.length === 0) return undefined
  const planned = new Set(plan.operations.map(({ id }) => id))
  const named = namedOperations(result)
  const onlyNamed = named.size > 0 && random.chance(0.5)
  const late = result.history.filter(({ id }) => !planned.has(id) && (!onlyNamed || named.has(id)))
  const anyone = random.chance(0.5)
  // A client asks in the order of the numbers, so the late ones get the last.
  const operations = late.map(({ id, input, invokedAtMs }): PlannedOperation => ({
    id,
    client: anyone ? random.integer(0, plan.settings.clients - 1) : plan.settings.clients,
    atMs: toMicros(invokedAtMs),
    input: input as PlainData,
  }))
  const settings = anyone ? plan.settings : { ...plan.settings, clients: plan.settings.clients + 1 }
  return {
    ...plan,
    settings,
    faults: plan.faults.filter(({ kind }) => kind !== 'spawn'),
    operations: [...plan.operations, ...operations].sort((a, b) => a.id - b.id),
  }
}

/** What happens to some messages by chance happens to all, of one link or of one server. */
const certain: Move = (plan, { scenario, random }) => {
  const chances = plan.faults.filter(isChance)
  if (chances.length === 0) return undefined
  const fault = random.pick(chances)
  const { servers } = castOf(scenario, plan)
  const links = random.pick([
    () => ({ from: [random.pick(servers)] }),
    () => ({ to: [random.pick(servers)] }),
    () => ({ from: [random.pick(servers)], to: [random.pick(servers)] }),
    () => ({}),
  ])()
  return replaced(plan, fault, { ...fault, ...links, probability: 1 } as Fault)
}

/** One fault in the place of several near each other, or of one that acts by chance. */
const coverFaults: Move = (plan, { scenario, random }) => {
  if (plan.faults.length === 0) return undefined
  const first = random.pick(plan.faults)
  const nearest = [...plan.faults].sort((a, b) => Math.abs(a.atMs - first.atMs) - Math.abs(b.atMs - first.atMs))
  const most = plan.faults.length > MANY ? plan.faults.length : 3
  const covered = nearest.slice(0, random.integer(1, Math.min(most, nearest.length)))
  const covering = coveringFault(covered, castOf(scenario, plan), scenario.faults.kinds, random)
  if (covering === undefined) return undefined
  return { ...plan, faults: inTime([...plan.faults.filter((fault) => !covered.includes(fault)), covering]) }
}

/** A network without luck of its own. */
const quietNetwork: Move = (plan) => {
  const { latencyMs, loss, duplication, anyOrder } = plan.network
  if (loss === 0 && duplication === 0 && anyOrder !== true) return undefined
  return { ...plan, network: { latencyMs, loss: 0, duplication: 0 } }
}

/** Fewer servers: some of them, in their order, under the names of the first. */
const fewerServers: Move = (plan, { scenario, random }) => {
  const { nodes } = plan.settings
  if (nodes <= FEWEST_SERVERS || scenario.nodesAreGiven === true) return undefined
  const settings = { ...plan.settings, nodes: random.chance(0.7) ? FEWEST_SERVERS : nodes - 1 }
  const [before, after] = [castOf(scenario, plan), castOf(scenario, plan, settings)]
  const dropped = new Set<NodeId>()
  while (before.servers.length - dropped.size > after.servers.length) dropped.add(random.pick(before.servers))
  const kept = before.servers.filter((id) => !dropped.has(id))
  const names = new Map([
    ...kept.map((id, place): [NodeId, NodeId] => [id, after.servers[place]!]),
    ...before.others.map((id, place): [NodeId, NodeId] => [id, after.others[place] ?? id]),
  ])
  const operations = renameInOperations(plan.operations, before.servers, names)
  return { ...plan, settings, operations, faults: renameNodes(plan.faults, names) }
}

/** Fewer clients: those that have nothing to ask go first, then one does what two did. */
const fewerClients: Move = (plan, { scenario, random }) => {
  if (plan.settings.clients <= 1) return undefined
  const used = [...new Set(plan.operations.map(({ client }) => client))].sort((a, b) => a - b)
  if (used.length >= plan.settings.clients) used.splice(random.integer(0, used.length - 1), 1)
  if (used.length === 0) used.push(0)
  const settings = { ...plan.settings, clients: used.length }
  const [before, after] = [castOf(scenario, plan), castOf(scenario, plan, settings)]
  const place = (client: number): number => Math.max(0, used.indexOf(client))
  const names = new Map(before.servers.map((id): [NodeId, NodeId] => [id, id]))
  for (const [index, client] of used.entries()) {
    const [from, to] = [before.others[client], after.others[index]]
    if (from !== undefined && to !== undefined) names.set(from, to)
  }
  const operations = plan.operations.map((operation) => ({ ...operation, client: place(operation.client) }))
  return { ...plan, settings, operations, faults: renameNodes(plan.faults, names) }
}

/** Everything earlier, so that the first fault or operation comes soon after the start. */
export const earlier: Move = (plan, { random }) => {
  const first = Math.min(...timesOf(plan))
  const soonMs = random.pick([0, 50, 200, 400, 800]) * (0.5 + random.float())
  return first <= soonMs || first === Infinity ? undefined : retimed(plan, (atMs) => atMs - (first - soonMs))
}

/** Everything after the first fault or operation closer together. */
const closer: Move = (plan, { random }) => {
  const first = Math.min(...timesOf(plan))
  const share = random.pick([0.3, 0.6, 0.8])
  return first === Infinity
    ? undefined
    : retimed(plan, (atMs) => (atMs < first ? atMs : first + (atMs - first) * share))
}

/** One fault a little earlier or later, or lasting longer or shorter. */
const jitter: Move = (plan, { random }) => {
  const timed = plan.faults.filter(isTimed)
  if (timed.length === 0) return undefined
  const chosen = random.pick(timed)
  const byMs = random.pick([5, 30, 150, 500]) * (2 * random.float() - 1)
  const moved = { ...chosen, atMs: toMicros(Math.max(0, chosen.atMs + byMs)) } as Fault
  return replaced(plan, chosen, random.chance(0.4) ? otherLength(moved, random) : moved)
}

function otherLength(fault: Fault, random: Random): Fault {
  if ('restartAfterMs' in fault && fault.restartAfterMs !== undefined)
    return { ...fault, restartAfterMs: random.pick([1, 5, 30, 200, 800]) }
  if (!('forMs' in fault) || fault.forMs === Infinity) return fault
  return { ...fault, forMs: toMicros(Math.max(1, fault.forMs * random.pick([0.2, 0.5, 1.5, 3]))) } as Fault
}

/** One fault of a node moves to another. */
const elsewhere: Move = (plan, { scenario, random }) => {
  const chosen = plan.faults.filter((fault) => isTimed(fault) && 'node' in fault)
  if (chosen.length === 0) return undefined
  const fault = random.pick(chosen)
  return replaced(plan, fault, { ...fault, node: random.pick(castOf(scenario, plan).servers) } as Fault)
}

/** The operations around the faults, each by its client or by another. */
const gather: Move = (plan, { random }) => {
  if (plan.operations.length === 0) return undefined
  const timed = plan.faults.filter(isTimed)
  const from = Math.min(plan.endMs, ...timed.map(({ atMs }) => atMs)) - random.pick([0, 100, 400])
  const until = Math.max(
    from + 50,
    Math.min(plan.endMs, Math.max(...timed.map(endOf), from) + random.pick([0, 200, 800])),
  )
  const others = random.chance(0.3)
  const operations = plan.operations.map((operation): PlannedOperation => ({
    ...operation,
    atMs: toMicros(Math.max(0, from + random.float() * (until - from))),
    client: others ? random.integer(0, plan.settings.clients - 1) : operation.client,
  }))
  return { ...plan, operations }
}

/** Each makes the plan smaller in some way; the first ones do so most. */
const SMALLER: readonly Move[] = [
  dropFaults,
  dropFaults,
  dropFaults,
  dropOperations,
  dropOperations,
  dropOperations,
  coverFaults,
  coverFaults,
  certain,
  planLateOperations,
  planLateOperations,
  quietNetwork,
  fewerServers,
  fewerClients,
]

/** These change where, when and by whom, so that what is left may come together all the same. */
const ELSEWISE: readonly Move[] = [earlier, earlier, closer, closer, jitter, jitter, elsewhere, gather, gather]

/** A smaller plan, or undefined where the drawn steps do not apply. */
export function smallerPlan(plan: RunPlan, ground: Ground): RunPlan | undefined {
  const { random } = ground
  let next = random.pick(SMALLER)(plan, ground)
  if (next === undefined) return undefined
  if (random.chance(0.3)) next = random.pick(SMALLER)(next, ground) ?? next
  if (plan.endMs > LONG_MS && random.chance(0.7)) next = random.pick([earlier, closer])(next, ground) ?? next
  return elsewise(next, ground)
}

function elsewise(plan: RunPlan, ground: Ground): RunPlan {
  let next = plan
  for (let steps = ground.random.integer(0, 2); steps > 0; steps--)
    next = ground.random.pick(ELSEWISE)(next, ground) ?? next
  return next
}

/**
 * A few of a failing plan's faults and operations, of about one time, which is mostly shortly before the violation: not
 * smaller step by step, but anew from the whole. Runs of such plans are short, so many can be tried.
 */
export function fewOf(
  whole: RunPlan,
  violation: Violation,
  most: { readonly faults: number; readonly operations: number },
  ground: Ground,
): RunPlan {
  const { random } = ground
  const plan = random.chance(0.5) ? (fewerServers(whole, ground) ?? whole) : whole
  const timed = plan.faults.filter(isTimed)
  const before = timed.filter(({ atMs }) => atMs <= violation.atMs && atMs > violation.atMs - BEFORE_MS)
  const anchors = before.length > 0 && random.chance(0.7) ? before : timed
  const aroundMs = anchors.length > 0 ? random.pick(anchors).atMs : random.float() * violation.atMs
  const withinMs = random.pick([200, 600, 1500])
  const near = ({ atMs }: { readonly atMs: number }): boolean => Math.abs(atMs - aroundMs) < withinMs
  const cast = castOf(ground.scenario, plan)
  const faults = some(timed.filter(near), random.integer(Math.min(1, most.faults), most.faults), random).map((fault) =>
    random.chance(PLAINER) ? (coveringFault([fault], cast, ground.scenario.faults.kinds, random) ?? fault) : fault,
  )
  const operations = some(alike(plan, violation, random).filter(near), random.integer(0, most.operations), random)
  const wholeCalm = plan.endMs >= plan.settings.durationMs
  const few = {
    ...plan,
    network: { latencyMs: plan.network.latencyMs, loss: 0, duplication: 0 },
    forks: undefined,
    faults,
    operations,
    endMs: wholeCalm ? plan.endMs : toMicros(Math.min(plan.endMs, aroundMs + withinMs + 500)),
  }
  return elsewise(earlier(few, ground) ?? few, ground)
}

/** What is still under way or begins after a moment, early; undefined where that is nearly all there is. */
export function lastOf(plan: RunPlan, fromMs: number): RunPlan | undefined {
  if (fromMs < 2 * ELECTED_MS) return undefined
  const later = {
    ...plan,
    faults: plan.faults.filter((fault) => !isTimed(fault) || fault.atMs >= fromMs || endOf(fault) >= fromMs),
    operations: plan.operations.filter(({ atMs }) => atMs >= fromMs),
  }
  return retimed(later, (atMs) => atMs - fromMs + ELECTED_MS)
}

/** Operations that have something in common with all that the violation names: a key, say. All, now and then. */
function alike(plan: RunPlan, violation: Violation, random: Random): readonly PlannedOperation[] {
  const named = plan.operations.filter(({ id }) => violation.operations.includes(id))
  if (named.length === 0 || random.chance(0.3)) return plan.operations
  const [first, ...others] = named.map(({ input }) => leavesOf(input))
  const common = [...first!].filter((leaf) => others.every((leaves) => leaves.has(leaf)))
  return plan.operations.filter(({ input }) => common.every((leaf) => leavesOf(input).has(leaf)))
}

/** The fields of an input that hold no others, each with its value. */
function leavesOf(input: PlainData): ReadonlySet<string> {
  if (typeof input !== 'object' || input === null) return new Set([String(input)])
  return new Set(
    Object.entries(input).flatMap(([name, value]) => (typeof value === 'object' ? [] : [`${name}=${String(value)}`])),
  )
}

function some<T>(items: readonly T[], count: number, random: Random): readonly T[] {
  if (items.length <= count) return items
  const chosen = new Set<T>()
  while (chosen.size < count) chosen.add(random.pick(items))
  return items.filter((item) => chosen.has(item))
}

function timesOf(plan: RunPlan): readonly number[] {
  return [...plan.faults.filter(isTimed), ...plan.operations].map(({ atMs }) => atMs)
}

function replaced(plan: RunPlan, before: Fault, after: Fault): RunPlan {
  return { ...plan, faults: inTime(plan.faults.map((fault) => (fault === before ? after : fault))) }
}

function inTime(faults: readonly Fault[]): readonly Fault[] {
  return [...faults].sort((a, b) => a.atMs - b.atMs || a.id - b.id)
}
