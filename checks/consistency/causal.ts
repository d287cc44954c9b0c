import { circleFinding } from './circle-words.ts'
import { judgementOf } from '../judges/finding.ts'
import type { Finding } from '../judges/finding.ts'
import { asProperty } from '../judges/judge.ts'
import type { Judgement, JudgeOptions } from '../judges/judge.ts'
import type { History } from '../history.ts'
import type { Model } from '../model.ts'
import { asObserved } from '../observed.ts'
import { OrderGraph } from './order-graph.ts'
import type { HistoryProperty } from '../property.ts'
import { readsFrom } from './reads-from.ts'
import type { ReadsFrom } from './reads-from.ts'
import { Writes, addOverwrote, addReads, circleSince } from './saturation.ts'
import { ambiguityIn, registerOf, strayFinding } from './source-words.ts'
import { stepsOf } from './steps.ts'
import type { Step, Steps } from './steps.ts'

/**
 * How much causal consistency promises.
 *
 * `causal`: nobody reads what they could know to be overwritten. `memory`: each process can put all writes that it
 * could know of, and its own reads, in one order. `convergent`: all processes agree about the order of writes.
 */
export type CausalLevel = 'causal' | 'memory' | 'convergent'

export interface CausalOptions extends JudgeOptions {
  /** `causal`, unless given. */
  readonly level?: CausalLevel
}

const NAME = 'causal'

/**
 * Causal consistency of registers whose values are written once, so that it is known who read from whom. One operation
 * comes causally before another if the same process did them in this order, if the other read from it, or by several
 * such steps. A. Bouajjani, C. Enea, R. Guerraoui and J. Hamza, "On verifying causal consistency", 2017, section 5:
 * a history is good if and only if it has none of a few bad patterns, which are looked for here.
 *
 * An operation without an answer counts if its value was read, and comes after all that its process had done.
 *
 * @param model one whose operations are those of a register.
 * @returns `unknown` where nothing is wrong, but a value was read that several operations wrote.
 */
export function judgeCausal(given: History<any, any>, by: Model, options: CausalOptions = {}): Judgement {
  const { history, model } = asObserved(given, by)
  const { name = NAME, level = 'causal' } = options
  const steps = stepsOf(history, model)
  const reads = readsFrom(steps, registerOf(model, name), model.init())
  const figures = [{ name: 'operations', value: steps.steps.length }]
  const { circle, work } = circleIn(steps, reads, level)
  const judgement = judgementOf(name, work, [strayFinding(history, model, reads), circle], figures)
  return judgement.verdict === 'ok' && reads.ambiguous.length > 0
    ? { verdict: 'unknown', steps: work, reason: ambiguityIn(name, reads), figures }
    : judgement
}

/** The history property of causal consistency. */
export function causal(model: Model, options: CausalOptions = {}): HistoryProperty {
  return asProperty(NAME, (history, given) => judgeCausal(history, model, given), options, false)
}

interface Search {
  readonly circle: Finding | undefined
  readonly work: number
}

function circleIn(steps: Steps, reads: ReadsFrom, level: CausalLevel): Search {
  const graph = new OrderGraph(steps, reads.certain)
  addReads(graph, reads)
  const circle = circleSince(graph, 0)
  if (circle !== undefined) return { circle: circleFinding(circle, graph, reads), work: graph.work }
  const writes = new Writes(steps, reads)
  if (level === 'memory') return circleOfProcesses(steps, reads, writes, graph)
  const since = graph.edges.length
  for (const reader of reads.certain) addOverwrote(graph, reader, writes, reads, level === 'convergent')
  const closed = graph.edges.length === since ? undefined : circleSince(graph, since)
  return { circle: closed && circleFinding(closed, graph, reads), work: graph.work }
}

/**
 * Each process apart: what its own reads tell about writes may tell more about others, so it goes on until nothing
 * new is told. What holds for all that a process did holds for each beginning of it.
 */
function circleOfProcesses(steps: Steps, reads: ReadsFrom, writes: Writes, causes: OrderGraph): Search {
  let work = causes.work
  for (const chain of steps.chains) {
    const readers = chain.filter(({ isCertain, number }) => isCertain && reads.sources[number] !== undefined)
    const last = readers.at(-1)
    if (last === undefined) continue
    const past = reads.certain.filter((step) => step === last || causes.precedes(step, last))
    const graph = new OrderGraph(steps, past)
    addReads(graph, { ...reads, certain: past })
    graph.close()
    const circle = saturate(graph, readers, writes, reads)
    work += graph.work
    if (circle !== undefined) return { circle: circleFinding(circle, graph, reads), work }
  }
  return { circle: undefined, work }
}

function saturate(graph: OrderGraph, readers: readonly Step[], writes: Writes, reads: ReadsFrom) {
  for (;;) {
    const since = graph.edges.length
    for (const reader of readers) addOverwrote(graph, reader, writes, reads, true)
    if (graph.edges.length === since) return undefined
    const circle = circleSince(graph, since)
    if (circle !== undefined) return circle
  }
}
