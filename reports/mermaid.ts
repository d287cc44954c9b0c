import type { Violation } from '../checks/verdict.ts'
import type { NodeId } from '../sim/machine.ts'
import type { Trace, TraceEvent } from '../sim/trace.ts'
import { rowWords, tellingOf } from './row-words.ts'
import type { Slice, SliceRow } from './slice.ts'
import { clip } from './text.ts'
import { moment } from './words.ts'

/** Mermaid refuses a longer diagram. */
const MOST_CHARACTERS = 50_000
const LONGEST_LABEL = 200

/**
 * A causal slice as a Mermaid sequence diagram: `->>` a message, `-x` a lost one, notes for what happened on a node,
 * one over all nodes for a fault. Rows are left out from the end where the diagram would be too long.
 */
export function mermaidDiagram(trace: Trace, slice: Slice, violation: Violation): string {
  const names = new Map(slice.nodes.map((node, index) => [node, `p${index}`]))
  const telling = tellingOf(trace, violation)
  const lines = ['sequenceDiagram', ...slice.nodes.map((node, index) => `  participant p${index} as ${label(node)}`)]
  let size = lines.reduce((sum, line) => sum + line.length + 1, 0)
  for (const row of slice.rows) {
    const line = rowLine(row, names, rowWords(row, telling), row.violated ? violation.shape : '')
    if (line === undefined) continue
    size += line.length + 1
    if (size > MOST_CHARACTERS) break
    lines.push(line)
  }
  return `${lines.join('\n')}\n`
}

function rowLine(row: SliceRow, names: ReadonlyMap<NodeId, string>, words: string, shape: string): string | undefined {
  const [first] = row.events
  if (first === undefined) return undefined
  const mark = shape === '' ? '' : ` <== ${shape.toUpperCase()}`
  const text = label(`${moment(first.atUs / 1000)} ${words}${mark}`)
  const message = row.events.find(
    (event) => event.kind === 'deliver' || event.kind === 'drop' || event.kind === 'duplicate',
  )
  const arrow = message === undefined ? undefined : arrowOf(message, names)
  return arrow === undefined ? noteLine(first, names, text) : `  ${arrow}: ${text}`
}

const ARROWS: { readonly [kind: string]: string } = { deliver: '->>', drop: '-x', duplicate: '-)' }

function arrowOf(event: TraceEvent, names: ReadonlyMap<NodeId, string>): string | undefined {
  const from = names.get(event.peer ?? '')
  const to = names.get(event.node ?? '')
  return from === undefined || to === undefined ? undefined : `${from}${ARROWS[event.kind]}${to}`
}

function noteLine(event: TraceEvent, names: ReadonlyMap<NodeId, string>, text: string): string | undefined {
  const own = names.get(event.node ?? '')
  if (own !== undefined) return `  Note over ${own}: ${text}`
  if (names.size === 0) return undefined
  return names.size === 1 ? `  Note over p0: ${text}` : `  Note over p0,p${names.size - 1}: ${text}`
}

/**
 * Whatever Mermaid would read as its own as the number of its character: `#` and `;`, markup, directives, and the
 * word `end`, which closes a block wherever it stands. Half a character, where the cut fell, is `~`.
 */
function label(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
  const plain = clip(line, LONGEST_LABEL, '~').replace(/[\ud800-\udfff]/gu, '~')
  return plain.replace(/[#;<>{}%"\\]|\bend\b/gi, (found) =>
    found.length > 1 ? `#${found.charCodeAt(0)};${found.slice(1)}` : `#${found.charCodeAt(0)};`,
  )
}
