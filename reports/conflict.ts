import type { Operation } from '../checks/history.ts'
import type { Trace, TraceEvent } from '../sim/trace.ts'
import { causalGraph } from './causality.ts'
import { inputWords, outcomeWords } from './data.ts'
import { ClusterWalk, roleWords } from './roles.ts'
import type { Story } from './story.ts'
import { COLUMNS } from './style.ts'
import type { Style } from './style.ts'
import { safe, wrap } from './text.ts'
import { moment, plural } from './words.ts'

const MOST_OPERATIONS = 12

/** The operations in conflict, a line each, then the steps of the contradiction; nodes where it is about states. */
export function conflictLines(story: Story, style: Style): readonly string[] {
  const { violation } = story
  const ids = violation.operations
  const rows = ids.slice(0, MOST_OPERATIONS).flatMap((id, index) => {
    const operation = story.result?.history.find((candidate) => candidate.id === id)
    return operation === undefined ? [] : [operationParts(`T${index + 1}`, operation, story.result?.trace, style)]
  })
  const more = ids.length > MOST_OPERATIONS ? [`    and ${plural(ids.length - MOST_OPERATIONS, 'more operation')}`] : []
  const nodes =
    violation.nodes === undefined || violation.nodes.length === 0
      ? []
      : wrap(safe(`    nodes ${violation.nodes.join(', ')}`, style), COLUMNS, 6)
  const because = violation.because.flatMap((sentence) => wrap(safe(`    - ${sentence}`, style), COLUMNS, 6))
  return [...aligned(rows), ...more, ...nodes, ...because]
}

/** Name and process; what was asked and answered; when; at which events; who served it. */
function operationParts(name: string, operation: Operation, trace: Trace | undefined, style: Style): readonly string[] {
  const { invokedAtEvent, returnedAtEvent } = operation
  const events =
    invokedAtEvent === undefined
      ? ''
      : `#${invokedAtEvent}..${returnedAtEvent === undefined ? '' : `#${returnedAtEvent}`}`
  return [
    `${name}  ${operation.process} ${inputWords(operation.input)} ${outcomeWords(operation)}`,
    `${moment(operation.invokedAtMs)}..${moment(operation.returnedAtMs)}`,
    events,
    trace === undefined ? '' : servedWords(trace, operation),
  ].map((part) => safe(part, style))
}

/** Each part in a column of its own where all fit; wrapped where they don't. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  const wide = rows.map((row) =>
    `    ${row.map((part, column) => part.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  )
  if (wide.every((line) => line.length <= COLUMNS)) return wide
  return rows.flatMap((row) => wrap(`    ${row.filter(Boolean).join('  ')}`, COLUMNS, 8))
}

/** The node whose answer ended the operation, and what it was when it answered. */
function servedWords(trace: Trace, operation: Operation): string {
  if (operation.outcome !== 'ok') return ''
  const graph = causalGraph(trace)
  const end = trace.events.find((event) => event.kind === 'return' && event.operation === operation.id)
  const reply = end === undefined ? undefined : graph.causeOf(end)
  if (reply?.kind !== 'deliver' || reply.peer === undefined || reply.peer === reply.node) return ''
  const role = roleAtSending(trace, reply)
  return `served by ${reply.peer}${role === undefined ? '' : ` (${role})`}`
}

function roleAtSending(trace: Trace, reply: TraceEvent): string | undefined {
  const walk = new ClusterWalk(trace.events)
  walk.advanceTo(reply.cause > 0 ? reply.cause : reply.number)
  const role = walk.roles.get(reply.peer ?? '')
  return role === undefined ? undefined : roleWords(role)
}
