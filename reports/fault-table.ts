import { FAULT_EFFECTS } from '../sim/faults.ts'
import { COLUMNS, colours, glyphsOf, heading } from './style.ts'
import type { Style } from './style.ts'
import { clip, safe } from './text.ts'
import { count, plural, shortCount } from './words.ts'

const EFFECTS: readonly string[] = Object.values(FAULT_EFFECTS).flat()
const COUNT_WIDTH = 7
const GAP = '  '

/** How many faults of each kind took effect: a column for each place where they happen, every kind whether seen or not. */
export function faultTable(faults: { readonly [kind: string]: number }, style: Style): readonly string[] {
  const total = Object.values(faults).reduce((sum, times) => sum + times, 0)
  const seen = EFFECTS.filter((effect) => (faults[effect] ?? 0) > 0).length
  const columns = columnsOf(faults, style)
  const height = Math.max(...columns.map((cells) => cells.length))
  const lines = Array.from({ length: height }, (_, row) =>
    columns.map((cells) => cells[row] ?? ' '.repeat(cells[0]?.length ?? 0)).join(GAP),
  )
  const head = `  faults      ${count(total)} took effect, of ${seen} of ${plural(EFFECTS.length, 'kind')}`
  return [
    heading(head, style),
    ...lines.map((line, row) => paint(`  ${line}`.trimEnd(), row, style)),
    ...otherLines(faults, style),
  ]
}

/** Cells of one width a column, the name of the place first. */
function columnsOf(faults: { readonly [kind: string]: number }, style: Style): readonly (readonly string[])[] {
  return Object.entries(FAULT_EFFECTS).map(([place, kinds]) => {
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
  const others = Object.entries(faults).filter(([kind, times]) => !EFFECTS.includes(kind) && times > 0)
  if (others.length === 0) return []
  const words = others.map(([kind, times]) => `${kind} ${shortCount(times)}`).join(', ')
  return [clip(safe(`  others: ${words}`, style), COLUMNS, glyphsOf(style).ellipsis)]
}
