import { circleFinding } from './circle-words.ts'
import { finding, judgementOf } from '../judges/finding.ts'
import type { Finding } from '../judges/finding.ts'
import type { History } from '../history.ts'
import { interleave } from './interleaving.ts'
import type { Interleaving } from './interleaving.ts'
import { asProperty } from '../judges/judge.ts'
import type { Judgement, JudgeOptions } from '../judges/judge.ts'
import type { Model } from '../model.ts'
import { asObserved } from '../observed.ts'
import { OrderGraph } from './order-graph.ts'
import type { HistoryProperty } from '../property.ts'
import { readsFrom } from './reads-from.ts'
import type { ReadsFrom } from './reads-from.ts'
import { Writes, addOverwritten, addOverwrote, addReads, circleSince } from './saturation.ts'
import { strayFinding } from './source-words.ts'
import { stepsOf } from './steps.ts'
import type { Step, Steps } from './steps.ts'

export interface SequentialOptions extends JudgeOptions {
  /** Steps of the model that a verdict may take; a million, unless given. */
  readonly budgetSteps?: number
}

const NAME = 'sequential'
const BUDGET_STEPS = 1_000_000

/**
 * Sequential consistency: could all operations have come one at a time, those of each process in its order? When they
 * happened does not matter. L. Lamport, "How to make a multiprocessor computer that correctly executes multiprocess
 * programs", 1979. All objects of the model are judged together, as the property is not local.
 *
 * Where the objects are registers and it is known who read from whom, what must come before what is found first: if it
 * goes in a circle, that is the answer and its proof, and if not it guides the search for an order.
 *
 * @returns `ok` with an order; `unknown` where the budget ran out.
 */
export function judgeSequential(given: History<any, any>, by: Model, options: SequentialOptions = {}): Judgement {
  const { history, model } = asObserved(given, by)
  const { name = NAME, budgetSteps = BUDGET_STEPS } = options
  const steps = stepsOf(history, model)
  const figures = [{ name: 'operations', value: steps.steps.length }]
  const reads = model.register && readsFrom(steps, model.register, model.init())
  const members = reads?.certain ?? steps.steps.filter(({ isCertain }) => isCertain)
  const graph = new OrderGraph(steps, members)
  const proven = reads && disproof(history, model, steps, reads, graph)
  if (!reads) graph.close()
  if (proven) return judgementOf(name, graph.work, [proven], figures)
  const found = interleave(steps, members, optionalAmong(steps, reads), graph, model, budgetSteps)
  const work = graph.work + found.stepsTaken
  switch (found.verdict) {
    case 'ok':
      return { verdict: 'ok', steps: work, orders: [{ key: undefined, order: idsOf(found.order) }], figures }
    case 'unknown': {
      const reached = { key: undefined, ordered: found.order.length, of: members.length }
      return {
        verdict: 'unknown',
        steps: work,
        reason: `${name}: no answer within ${budgetSteps} steps`,
        reached,
        figures,
      }
    }
    case 'violated': {
      const furthest = reads ? furthestOf(steps, reads, found, model) : found
      const judgement = judgementOf(name, work, [stuckFinding(furthest, members.length, model)], figures)
      return judgement.verdict === 'violated' ? withAttempt(judgement, furthest) : judgement
    }
  }
}

/** The history property of sequential consistency. */
export function sequential(model: Model, options: SequentialOptions = {}): HistoryProperty {
  return asProperty(NAME, (history, given) => judgeSequential(history, model, given), options, false)
}

function disproof(
  history: History<any, any>,
  model: Model,
  steps: Steps,
  reads: ReadsFrom,
  graph: OrderGraph,
): Finding | undefined {
  const stray = strayFinding(history, model, reads)
  if (stray !== undefined) return stray
  const writes = new Writes(steps, reads)
  addReads(graph, reads)
  for (let since = 0; ;) {
    const circle = circleSince(graph, since)
    if (circle !== undefined) return circleFinding(circle, graph, reads)
    since = graph.edges.length
    for (const reader of reads.certain) {
      addOverwrote(graph, reader, writes, reads, true)
      addOverwritten(graph, reader, writes, reads)
    }
    if (graph.edges.length === since) return undefined
  }
}

/** Of the operations without an answer, those that somebody's answer may rest on. */
function optionalAmong({ steps }: Steps, reads: ReadsFrom | undefined): readonly Step[] {
  if (reads === undefined) return steps.filter(({ isCertain }) => !isCertain)
  const { certain, views, ambiguous } = reads
  const isCertain = new Set(certain)
  const objects = new Set(ambiguous.map(({ object }) => object))
  for (const step of steps) if (views[step.number]!.foundNot !== undefined) objects.add(step.object)
  return steps.filter((step) => !isCertain.has(step) && objects.has(step.object))
}

/** How many times the steps of the search may be spent on better evidence, and how many at least. */
const EVIDENCE_FACTOR = 4
const EVIDENCE_STEPS = 10_000

/** What is known to come first keeps wrong orders short. Without it, one may be found that shows more. */
function furthestOf(steps: Steps, reads: ReadsFrom, found: Interleaving, model: Model): Interleaving {
  const graph = new OrderGraph(steps, reads.certain)
  graph.close()
  const budgetSteps = EVIDENCE_STEPS + EVIDENCE_FACTOR * found.stepsTaken
  const other = interleave(steps, reads.certain, optionalAmong(steps, reads), graph, model, budgetSteps)
  return other.order.length > found.order.length ? other : found
}

function idsOf(order: readonly Step[]): readonly number[] {
  return order.map(({ operation }) => operation.id)
}

const TOLD_AT_MOST = 4

function stuckFinding({ order, stuck }: Interleaving, count: number, model: Model): Finding {
  const told = stuck.slice(0, TOLD_AT_MOST)
  return finding(
    told.map(({ operation }) => operation),
    (name) => {
      const heads = told.map(
        (step) => `${step.operation.process} with ${name(step.operation)} (${model.describe(step.input, step.output)})`,
      )
      const more = stuck.length > told.length ? `, and ${stuck.length - told.length} more processes with theirs` : ''
      return {
        shape: 'no possible order',
        summary: `${order.length} of ${count} operations can be ordered, and then no more`,
        because: [
          `After the longest order that holds, of ${order.length}, would go on ${heads.join(', ')}${more}`,
          'However none of these can come next, and no other order gets further: a contradiction',
        ],
      }
    },
  )
}

function withAttempt(
  judgement: Extract<Judgement, { verdict: 'violated' }>,
  { order, states, stuck }: Interleaving,
): Judgement {
  const state = states.length === 1 ? states[0] : states
  const violations = judgement.violations.map((violation) => ({
    ...violation,
    blocked: stuck[0]?.operation.id,
    attempts: [{ order: idsOf(order), state }],
  }))
  return { ...judgement, violations }
}
