import { finding } from '../judges/finding.ts'
import type { Finding } from '../judges/finding.ts'
import type { Edge, NumberedEdge, OrderGraph } from './order-graph.ts'
import { inWords } from '../plain.ts'
import { INITIAL } from './reads-from.ts'
import type { ReadsFrom, Source } from './reads-from.ts'
import type { Step } from './steps.ts'

/** What must come before what goes in a circle: told step by step, each after what it follows from. */
export function circleFinding(circle: readonly Edge[], graph: OrderGraph, reads: ReadsFrom): Finding {
  const proof = proofOf(circle, graph)
  const operations = [...proof].flatMap(stepsIn).map(({ operation }) => operation)
  return finding(operations, (name) => {
    const sentences = proof.map((edge) => sentence(edge, reads, ({ operation }) => name(operation)))
    const last = sentences.pop()!
    return {
      shape: shapeOf(circle, reads),
      summary: `${new Set(operations).size} operations cannot be ordered`,
      because: [...sentences, `However ${last}: a contradiction`],
    }
  })
}

/** All edges that the circle rests on, each after those it follows from, the one that closes the circle last. */
function proofOf(circle: readonly Edge[], graph: OrderGraph): readonly Edge[] {
  const proof = new Map<string, Edge>()
  const closing = circle.at(-1)!
  const need = (edge: Edge): void => {
    const key = `${edge.kind} ${edge.before.number} ${edge.after.number}`
    if (proof.has(key)) return
    for (const premise of premisesOf(edge, graph)) need(premise)
    proof.set(key, edge)
  }
  for (const premise of premisesOf(closing, graph)) need(premise)
  for (const edge of circle) need(edge)
  return [...proof.values()].sort((left, right) => rankOf(left) - rankOf(right))
}

/** Program order first; edges that were found later rest on those found earlier. */
function rankOf(edge: Edge): number {
  return 'number' in edge ? (edge as NumberedEdge).number : -1
}

function premisesOf(edge: Edge, graph: OrderGraph): readonly Edge[] {
  const below = rankOf(edge)
  if (edge.kind === 'overwritten' && edge.source !== INITIAL) return graph.path(edge.source, edge.after, below)!
  return edge.kind === 'overwrote' ? graph.path(edge.before, edge.reader, below)! : []
}

function stepsIn(edge: Edge): readonly Step[] {
  const ends = [edge.before, edge.after]
  if (edge.kind === 'overwrote') return [...ends, edge.reader]
  return edge.kind === 'overwritten' && edge.source !== INITIAL ? [...ends, edge.source] : ends
}

function shapeOf(circle: readonly Edge[], { views }: ReadsFrom): string {
  const isUpdate = ({ number }: Step): boolean =>
    views[number]!.found !== undefined && views[number]!.wrote !== undefined
  const overwritten = circle.filter(({ kind }) => kind === 'overwritten')
  const overwrote = circle.filter(({ kind }) => kind === 'overwrote')
  if (overwritten.length + overwrote.length === 0) return 'reads in a circle'
  if (overwritten.some(({ before, after }) => isUpdate(before) && isUpdate(after))) return 'lost update'
  return overwritten.length === 1 && overwrote.length === 0 ? 'stale read' : 'contradictory order of writes'
}

function sentence(edge: Edge, { views, initial }: ReadsFrom, name: (step: Step) => string): string {
  const relation = `${name(edge.before)} < ${name(edge.after)}, because`
  const found = (reader: Step): string => inWords(views[reader.number]!.found)
  const valueOf = (source: Source): string =>
    source === INITIAL ? `initial ${inWords(initial)}` : `${inWords(views[source.number]!.wrote)} of ${name(source)}`
  switch (edge.kind) {
    case 'same process':
      return `${relation} ${edge.before.operation.process} did one after the other`
    case 'read from':
      return `${relation} ${name(edge.after)} read ${found(edge.after)}, which ${name(edge.before)} wrote`
    case 'overwritten':
      return `${relation} ${name(edge.before)} read the ${valueOf(edge.source)}, which ${name(edge.after)} overwrote`
    case 'overwrote':
      return `${relation} ${name(edge.reader)}, which came after ${name(edge.before)}, read the ${valueOf(edge.after)}`
  }
}
