import type { Violation } from '../checks/verdict.ts'
import type { Fault } from '../sim/faults.ts'
import type { NodeId } from '../sim/machine.ts'
import type { Trace, TraceEvent } from '../sim/trace.ts'
import { Grid } from './grid.ts'
import type { Layout } from './grid.ts'
import { ClusterWalk, roleChange, roleGlyph } from './roles.ts'
import type { Role } from './roles.ts'
import { rowWords, tellingOf } from './row-words.ts'
import type { Slice, SliceRow } from './slice.ts'
import { COLUMNS, colours, glyphsOf } from './style.ts'
import type { Glyphs, Style } from './style.ts'
import { clip, safe } from './text.ts'
import { moment } from './words.ts'

/**
 * A space-time diagram (Lamport 1978, figure 1) turned on its side: a column a node, a row a moment, an arrow a
 * message at its arrival, `x` where it was lost, a wall where a partition begins between neighbours. A message
 * whose sender has no column names it. At most 100 columns wide.
 */
export function spaceTimeDiagram(trace: Trace, slice: Slice, violation: Violation, style: Style): readonly string[] {
  const telling = tellingOf(trace, violation)
  const notes = slice.rows.map((row) => safe(rowWords(row, telling), style))
  const marks = slice.rows.map((row) => (row.violated ? safe(`  <== ${violation.shape.toUpperCase()}`, style) : ''))
  const layout = layoutOf(slice, Math.max(0, ...notes.map((note, index) => note.length + (marks[index]?.length ?? 0))))
  const walk = new ClusterWalk(trace.events)
  const lines = [headLine(layout, style)]
  slice.rows.forEach((row, index) => {
    walk.advanceTo(row.events.at(-1)?.number ?? 0)
    lines.push(rowLine(row, layout, walk, { note: notes[index] ?? '', mark: marks[index] ?? '' }, style))
  })
  return lines
}

const INDENT = 4
const NOTES_WIDTH = { least: 32, most: 48 } as const
const WIDEST_COLUMN = 10
const NARROWEST_COLUMN = 7
const LAST_COLUMN = 4

/** As many columns as leave room for the least notes, as wide as the longest allows; the nodes with the fewest events give way. */
function layoutOf(slice: Slice, longestNote: number): Layout {
  const times = slice.rows.map((row) => moment(at(row)).length)
  const timeWidth = Math.max(9, ...times.map((width) => width + 1))
  const room = COLUMNS - INDENT - timeWidth - LAST_COLUMN - 1 - NOTES_WIDTH.least
  const most = 1 + Math.floor(room / NARROWEST_COLUMN)
  const events = new Map<NodeId, number>()
  for (const event of slice.rows.flatMap((row) => row.events)) {
    for (const node of [event.node, event.peer]) if (node !== undefined) events.set(node, (events.get(node) ?? 0) + 1)
  }
  const byEvents = [...slice.nodes].sort((a, b) => (events.get(b) ?? 0) - (events.get(a) ?? 0))
  const busiest = new Set(byEvents.slice(0, most))
  const nodes = slice.nodes.filter((node) => busiest.has(node))
  const gaps = Math.max(1, nodes.length - 1)
  const wished = Math.min(NOTES_WIDTH.most, Math.max(NOTES_WIDTH.least, longestNote))
  const fitting = Math.floor((room + NOTES_WIDTH.least - wished) / gaps)
  const columnWidth = Math.min(WIDEST_COLUMN, Math.max(NARROWEST_COLUMN, fitting))
  return { nodes, timeWidth, columnWidth, gridWidth: Math.max(0, nodes.length - 1) * columnWidth + LAST_COLUMN }
}

function at(row: SliceRow): number {
  return (row.events[0]?.atUs ?? 0) / 1000
}

function headLine(layout: Layout, style: Style): string {
  const names = layout.nodes.map((node) =>
    clip(safe(node, style), layout.columnWidth - 2, glyphsOf(style).ellipsis).padEnd(layout.columnWidth),
  )
  return colours(style).bold((' '.repeat(INDENT) + 'T+'.padEnd(layout.timeWidth) + names.join('')).trimEnd())
}

interface EndOfRow {
  readonly note: string
  readonly mark: string
}

function rowLine(row: SliceRow, layout: Layout, walk: ClusterWalk, { note, mark }: EndOfRow, style: Style): string {
  const colour = colours(style)
  const glyphs = glyphsOf(style)
  const grid = new Grid(layout, walk.down, glyphs)
  for (const event of row.events) draw(grid, event, glyphs, walk.roles)
  const unseen = row.events.find(
    (event) => event.kind === 'deliver' && !layout.nodes.includes(event.peer ?? event.node ?? ''),
  )
  const source = unseen === undefined ? '' : `from ${unseen.peer}: `
  const width = COLUMNS - INDENT - layout.timeWidth - layout.gridWidth - 1
  const shownMark = clip(mark, Math.floor(width / 2), glyphs.ellipsis)
  const shownNote = clip(safe(source, style) + note, width - shownMark.length, glyphs.ellipsis)
  const lost = row.events.some((event) => event.kind === 'drop' || event.kind === 'crash')
  const faulty = row.events.some((event) => event.kind === 'fault' || event.kind === 'heal')
  const paintNote = lost ? colour.red : faulty ? colour.yellow : (text: string) => text
  const lead = ' '.repeat(INDENT) + moment(at(row)).padEnd(layout.timeWidth)
  return colour.dim(lead) + grid.text() + ' ' + (paintNote(shownNote) + colour.bold.red(shownMark)).trimEnd()
}

function draw(grid: Grid, event: TraceEvent, glyphs: Glyphs, roles: ReadonlyMap<NodeId, Role>): void {
  const role = roleChange(event)
  const label = role === undefined ? undefined : roleGlyph(role)
  switch (event.kind) {
    case 'deliver':
      if (label !== undefined) grid.put(event.node, label)
      grid.arrow(event.peer, event.node, label ?? glyphs.line, undefined)
      if (event.peer === event.node) grid.put(event.node, label ?? glyphs.origin)
      return
    case 'drop':
      return grid.arrow(event.peer, event.node, glyphs.line, glyphs.lost)
    case 'duplicate':
      return grid.put(event.peer, glyphs.origin)
    case 'fault':
      return drawFault(grid, event, roles)
    case 'heal':
    case 'calm':
      return
    case 'crash':
    case 'exit':
      return grid.put(event.node, 'X')
    case 'start':
      return grid.put(event.node, label ?? '^')
    default:
      return grid.put(event.node, label ?? glyphs.point)
  }
}

/** The roles at this moment, and what the fault touches. */
function drawFault(grid: Grid, event: TraceEvent, roles: ReadonlyMap<NodeId, Role>): void {
  const labels = grid.nodes().map((node) => {
    const role = roles.get(node)
    if (role !== undefined) grid.put(node, roleGlyph(role))
    return role === undefined ? 1 : roleGlyph(role).length
  })
  const fault = event.body as Fault | undefined
  if (fault !== undefined && 'groups' in fault) grid.walls(fault.groups, labels)
  else if (event.node !== undefined) grid.put(event.node, '!')
}
