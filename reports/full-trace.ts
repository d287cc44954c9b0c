import type { Trace, TraceEvent } from '../sim/trace.ts'
import type { Violation } from '../checks/verdict.ts'
import { dataWords } from './data.ts'
import { happenedWords, noteWords, tellingOf } from './row-words.ts'
import type { Telling } from './row-words.ts'
import { COLUMNS, glyphsOf } from './style.ts'
import type { Style } from './style.ts'
import { clip, safe } from './text.ts'
import { moment } from './words.ts'

/**
 * Every event of a run, a line each, for `--full`: number, time in seconds, node, what happened, what caused it, what
 * was noted. Lines are given one by one, as a long trace is no string to hold at once. At most 100 columns wide.
 */
export function* fullTrace(trace: Trace, style: Style, violation?: Violation): Generator<string> {
  const telling = tellingOf(trace, violation)
  const numberWidth = String(trace.events.length).length + 1
  const nodeWidth = Math.min(12, Math.max(2, ...trace.nodes.map((node) => node.length)))
  const { ellipsis } = glyphsOf(style)
  for (const event of trace.events) {
    const node = clip(safe(event.node ?? '', style), nodeWidth, ellipsis).padEnd(nodeWidth)
    const lead = `${`#${event.number}`.padStart(numberWidth)} ${moment(event.atUs / 1000).padStart(8)}  ${node}  `
    yield clip((lead + safe(eventLine(event, telling), style)).trimEnd(), COLUMNS, ellipsis)
  }
}

function eventLine(event: TraceEvent, telling: Telling): string {
  const between =
    event.peer === undefined ? '' : event.kind === 'drop' || event.kind === 'deliver' ? ` from ${event.peer}` : ''
  const why = event.kind === 'drop' && event.reason !== undefined ? ` (${event.reason})` : ''
  const cause = event.cause > 0 ? ` <- #${event.cause}` : ''
  const notes = noteWords(event)
  const body = event.body === undefined || !['deliver', 'drop'].includes(event.kind) ? '' : `  ${dataWords(event.body)}`
  return `${happenedWords(event, telling)}${between}${why}${cause}${notes === '' ? '' : `; ${notes}`}${body}`
}
