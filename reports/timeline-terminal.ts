import type { Operation } from '../checks/history.ts'
import { colours, COLUMNS, glyphsOf } from './style.ts'
import type { Style } from './style.ts'
import { clip, safe } from './text.ts'

/** An operation with what it is called: `T1`. */
export interface Bar {
  readonly label: string
  readonly operation: Operation
  /** The one that no order has a place for. */
  readonly isStuck: boolean
}

const WIDEST_NAME = 14
const INDENT = 4
/** Columns between two neighbouring ends: enough for a label where there is room, and not so many that bars look long. */
const WIDEST_STEP = 8

/**
 * Operations as bars, a row a process: `├──T1──┤`, and `├──T2──►` for one that never returned. Ends stand in their order
 * from left to right, evenly spaced, as what counts is only what came before what.
 */
export function timelineLines(bars: readonly Bar[], style: Style): readonly string[] {
  const rows = new Map<string, Bar[]>()
  for (const bar of bars) {
    const row = rows.get(bar.operation.process)
    if (row === undefined) rows.set(bar.operation.process, [bar])
    else row.push(bar)
  }
  const names = [...rows.keys()].map((name) => clip(safe(name, style), WIDEST_NAME, glyphsOf(style).ellipsis))
  const nameWidth = Math.max(0, ...names.map(({ length }) => length))
  const places = placesOf(bars, COLUMNS - INDENT - nameWidth - 2)
  return [...rows.values()].map((row, index) => {
    const name = names[index]!.padEnd(nameWidth)
    return `${' '.repeat(INDENT)}${name}  ${rowText(row, places, style)}`.trimEnd()
  })
}

interface Place {
  readonly from: number
  /** The last column; that of the right edge where the operation is open. */
  readonly to: number
}

/** The columns of each bar's ends. */
function placesOf(bars: readonly Bar[], width: number): ReadonlyMap<Bar, Place> {
  const ends = bars
    .flatMap((bar) => [
      { bar, isReturn: false, atMs: bar.operation.invokedAtMs, event: bar.operation.invokedAtEvent ?? 0 },
      ...(isOpen(bar)
        ? []
        : [{ bar, isReturn: true, atMs: bar.operation.returnedAtMs, event: bar.operation.returnedAtEvent ?? 0 }]),
    ])
    .sort((left, right) => left.atMs - right.atMs || left.event - right.event)
  const step = Math.min(WIDEST_STEP, (width - 1) / Math.max(1, ends.length))
  const column = (rank: number) => Math.min(width - 1, Math.round(rank * step))
  const from = new Map<Bar, number>()
  const to = new Map<Bar, number>()
  ends.forEach(({ bar, isReturn }, rank) => (isReturn ? to : from).set(bar, column(rank)))
  const edge = column(ends.length)
  return new Map(bars.map((bar) => [bar, { from: from.get(bar)!, to: to.get(bar) ?? edge }]))
}

function isOpen({ operation }: Bar): boolean {
  return operation.outcome === 'info' || operation.returnedAtMs === Infinity
}

function rowText(row: readonly Bar[], places: ReadonlyMap<Bar, Place>, style: Style): string {
  const glyphs = glyphsOf(style)
  const colour = colours(style)
  const inOrder = [...row].sort((left, right) => places.get(left)!.from - places.get(right)!.from)
  let text = ''
  let column = 0
  inOrder.forEach((bar, index) => {
    const { from, to } = places.get(bar)!
    // A process whose operation stays open may go on with another, which then hides the rest of it.
    const next = inOrder[index + 1]
    const until = next === undefined ? to : Math.min(to, places.get(next)!.from - 1)
    if (until < from) return
    const drawn = barText(bar, until - from + 1, glyphs)
    text += ' '.repeat(from - column) + (bar.isStuck ? colour.bold.red(drawn) : drawn)
    column = until + 1
  })
  return text
}

function barText(bar: Bar, width: number, glyphs: ReturnType<typeof glyphsOf>): string {
  const last = isOpen(bar) ? glyphs.right : glyphs.end
  const inner = width - 2
  if (inner < 0) return glyphs.begin
  const label = clip(bar.label, inner, glyphs.ellipsis)
  const left = Math.floor((inner - label.length) / 2)
  return `${glyphs.begin}${(glyphs.dash.repeat(left) + label).padEnd(inner, glyphs.dash)}${last}`
}
