import { finding, judgementOf } from '../judges/finding.ts'
import type { Finding } from '../judges/finding.ts'
import type { History } from '../history.ts'
import { asProperty } from '../judges/judge.ts'
import type { Judgement, JudgeOptions } from '../judges/judge.ts'
import type { Model } from '../model.ts'
import { asObserved } from '../observed.ts'
import { inWords } from '../plain.ts'
import type { HistoryProperty } from '../property.ts'
import { INITIAL, readsFrom } from './reads-from.ts'
import type { ReadsFrom, Source } from './reads-from.ts'
import { ambiguityIn, registerOf, strayFinding } from './source-words.ts'
import { stepsOf } from './steps.ts'
import type { Step } from './steps.ts'
import { VersionGraph } from './versions.ts'
import type { Guarantee, Relation } from './versions.ts'

export interface SessionOptions extends JudgeOptions {
  /** Which must hold; all four, unless given. */
  readonly guarantees?: readonly Guarantee[]
}

const NAME = 'sessions'

const ALL: readonly Guarantee[] = ['read your writes', 'monotonic reads', 'monotonic writes', 'writes follow reads']

/** What a breach of each looks like. */
const SHAPES: Readonly<Record<Guarantee, string>> = {
  'read your writes': 'own write not read',
  'monotonic reads': 'read went back',
  'monotonic writes': 'writes in another order',
  'writes follow reads': 'write before what it followed',
}

/**
 * Session guarantees of registers whose values are written once: D. Terry and others, "Session guarantees for weakly
 * consistent replicated data", 1994. The versions of each object have one order, which every process must be able to
 * agree with. A process reads no version older than one it wrote (read your writes) or read (monotonic reads), and
 * writes none older than one it wrote (monotonic writes) or read (writes follow reads). There is such an order if and
 * only if these relations do not go in a circle.
 *
 * Each guarantee is judged by itself, and if all hold, all together: an order that is right for one may be wrong for
 * another. An operation without an answer counts if its value was read; nothing follows from it for what came after.
 *
 * @param model one whose operations are those of a register.
 * @returns `unknown` where nothing is wrong, but a value was read that several operations wrote.
 */
export function judgeSessions(given: History<any, any>, by: Model, options: SessionOptions = {}): Judgement {
  const { history, model } = asObserved(given, by)
  const { name = NAME, guarantees = ALL } = options
  const steps = stepsOf(history, model)
  const reads = readsFrom(steps, registerOf(model, name), model.init())
  let work = 0
  const circleOf = (...some: readonly Guarantee[]): Finding | undefined => {
    const graph = new VersionGraph(steps, reads, new Set(some))
    work += graph.size
    const circle = graph.circle()
    return circle && circleFinding(circle, reads)
  }
  const alone = guarantees.map((guarantee) => circleOf(guarantee))
  const together = alone.every((found) => found === undefined) ? circleOf(...guarantees) : undefined
  const figures = [{ name: 'operations', value: steps.steps.length }]
  const judgement = judgementOf(name, work, [strayFinding(history, model, reads), ...alone, together], figures)
  return judgement.verdict === 'ok' && reads.ambiguous.length > 0
    ? { verdict: 'unknown', steps: work, reason: ambiguityIn(name, reads), figures }
    : judgement
}

/** The history property of session guarantees. */
export function sessions(model: Model, options: SessionOptions = {}): HistoryProperty {
  return asProperty(NAME, (history, given) => judgeSessions(history, model, given), options, false)
}

function circleFinding(circle: readonly Relation[], reads: ReadsFrom): Finding {
  const kinds = ALL.filter((guarantee) => circle.some(({ kind }) => kind === guarantee))
  const steps = circle.flatMap((relation) => [
    ...[relation.older, relation.newer].filter((version) => version !== INITIAL),
    ...('first' in relation ? [relation.first, relation.second] : []),
  ])
  return finding(
    steps.map(({ operation }) => operation),
    (name) => {
      const sentences = circle.map((relation) => sentence(relation, reads, ({ operation }) => name(operation)))
      const last = sentences.pop()!
      return {
        shape: kinds.length === 1 ? SHAPES[kinds[0]!] : kinds.join(' against '),
        summary: `no order of versions allows ${kinds.join(' and ')}`,
        because: [...sentences, `However ${last}: a contradiction`],
      }
    },
  )
}

function sentence(relation: Relation, reads: ReadsFrom, name: (step: Step) => string): string {
  const { older, newer, kind } = relation
  const version = (source: Source): string =>
    source === INITIAL
      ? `the initial ${inWords(reads.initial)}`
      : `the ${inWords(reads.views[source.number]!.wrote)} of ${name(source)}`
  const order = `${version(older)} is older than ${version(newer)}`
  if (kind === 'initial') return order
  if (kind === 'update') return `${order}, which replaced it`
  const { first, second } = relation
  const [did, does] = VERBS[kind]
  return `${order}, because ${first.operation.process} ${did} the one, by ${name(first)}, and then ${does} the other, by ${name(second)}`
}

const VERBS: Readonly<Record<Guarantee, readonly [string, string]>> = {
  'read your writes': ['wrote', 'read'],
  'monotonic reads': ['read', 'read'],
  'monotonic writes': ['wrote', 'wrote'],
  'writes follow reads': ['read', 'wrote'],
}
