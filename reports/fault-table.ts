import { FAULT_KINDS } from '../sim/faults.ts'
import { COLUMNS, colours, glyphsOf, heading } from './style.ts'
import type { Style } from './style.ts'
import { clip, safe } from './text.ts'
import { count, plural, shortCount } from './words.ts'

/** The first kind of each place in the catalogue, which is in the order of places. */
const PLACES = [
  ['link', 'loss'],
  ['process', 'kill'],
  ['disk', 'slow-sync'],
  ['clock', 'clock-skew'],
] as const
const COUNT_WIDTH = 7
const GAP = '  '

/** How many faults of each kind took effect: a column for each place where faults happen, every kind of the catalogue. */
export function faultTable(faults: { readonly [kind: string]: number }, style: Style): readonly string[] {
  const total = Object.values(faults).reduce((sum, times) => sum + times, 0)
  const seen = FAULT_KINDS.filter((kind) => (faults[kind] ?? 0) > 0).length
  const columns = columnsOf(faults, style)
  const height = Math.max(...columns.map((cells) => cells.length))
  const lines = Array.from({ length: height }, (_, row) =>
    columns.map((cells) => cells[row] ?? ' '.repeat(cells[0]?.length ?? 0)).join(GAP),
  )
  const head = `  faults      ${count(total)} took effect, of ${seen} of ${plural(FAULT_KINDS.length, 'kind')}`
  return [
    heading(head, style),
    ...lines.map((line, row) => paint(`  ${line}`.trimEnd(), row, style)),
    ...otherLines(faults, style),
  ]
}

/** Cells of one width a column, the name of the place first. */
function columnsOf(faults: { readonly [kind: string]: number }, style: Style): readonly (readonly string[])[] {
  return PLACES.map(([place, first], index) => {
    const next = PLACES[index + 1]
    const end = next === undefined ? FAULT_KINDS.length : FAULT_KINDS.indexOf(next[1])
    const kinds = FAULT_KINDS.slice(FAULT_KINDS.indexOf(first), end)
    const nameWidth = Math.max(...kinds.map((kind) => kind.length))
    const cells = kinds.map((kind) => {
      const times = faults[kind] ?? 0
      return kind.padEnd(nameWidth) + (times === 0 ? glyphsOf(style).dot : shortCount(times)).padStart(COUNT_WIDTH)
    })
    return [place.padEnd(nameWidth + COUNT_WIDTH), ...cells]
  })
}

function paint(line: string, row: number, style: Style): string {
  return row === 0 ? colours(style).dim(line) : line
}

/** Kinds that are not of the catalogue, such as single messages that shrinking wrote down. */
function otherLines(faults: { readonly [kind: string]: number }, style: Style): readonly string[] {
  const known: readonly string[] = FAULT_KINDS
  const others = Object.entries(faults).filter(([kind, times]) => !known.includes(kind) && times > 0)
  if (others.length === 0) return []
  const words = others.map(([kind, times]) => `${kind} ${shortCount(times)}`).join(', ')
  return [clip(safe(`  others: ${words}`, style), COLUMNS, glyphsOf(style).ellipsis)]
}
