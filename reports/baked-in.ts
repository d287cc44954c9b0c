import type { BakedIn } from '../explore/result.ts'
import { kindWords } from './fault-words.ts'
import { COLUMNS, colours } from './style.ts'
import type { Style } from './style.ts'

const LEAD = '  BAKED IN re-rolled futures failing:'
const INDENT = ' '.repeat(10)

/** When the failure was decided: how many futures fail that new luck gives from each instant on, up to where all do. */
export function bakedInLines({ futures, instants, steepest }: BakedIn, style: Style): readonly string[] {
  const open = instants.map(({ failing }) => failing < futures).lastIndexOf(true)
  const shares = instants.slice(0, open + 2).map(({ atMs, failing }, index) => {
    const share = `${(atMs / 1000).toFixed(2)}s ${Math.round((failing / futures) * 100)}%`
    const fault = steepest?.instant === index ? steepest.fault : undefined
    return fault === undefined ? share : `${share} ^${kindWords(fault.kind)}`
  })
  const lines = [LEAD]
  for (const share of shares.filter((text, index) => text !== shares[index - 1])) {
    const longer = `${lines.at(-1)!}${lines.at(-1) === LEAD ? ' ' : '  '}${share}`
    if (longer.length <= COLUMNS) lines[lines.length - 1] = longer
    else lines.push(`${INDENT} ${share}`)
  }
  return lines.map((line) => line.replace(/^ {2}BAKED IN/, (words) => colours(style).bold(words)))
}
