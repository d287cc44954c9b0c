import type { ChartAxis } from './chart.ts'

/** Where on the paper a value lies, and at which values there are marks. */
export interface ChartScale {
  readonly at: (value: number) => number
  readonly marks: readonly number[]
}

const STEPS = [1, 2, 5, 10]
const MARKS_AT_MOST = 7

/** From `from` to `to` on the paper. A logarithmic scale begins at the least value, a linear one at zero. */
export function scaleOf({ scale }: ChartAxis, values: readonly number[], from: number, to: number): ChartScale {
  const most = Math.max(...values)
  if (scale === 'linear') {
    const step = stepFor(most)
    const top = Math.ceil(most / step) * step
    const marks = Array.from({ length: Math.round(top / step) + 1 }, (_, place) =>
      Number((place * step).toPrecision(6)),
    )
    return { at: (value) => from + ((to - from) * value) / top, marks }
  }
  const least = Math.min(...values)
  const width = Math.log(most / least) || 1
  return { at: (value) => from + ((to - from) * Math.log(value / least)) / width, marks: decades(least, most) }
}

/** The least of 1, 2, 5, 10, … that makes few marks up to `most`. */
function stepFor(most: number): number {
  const size = 10 ** Math.floor(Math.log10(most / MARKS_AT_MOST))
  return size * STEPS.find((step) => most / (size * step) <= MARKS_AT_MOST)!
}

/** Powers of ten between the two, and the ends where there are too few of them. */
function decades(least: number, most: number): readonly number[] {
  const marks: number[] = []
  for (let mark = 10 ** Math.ceil(Math.log10(least)); mark <= most; mark *= 10) marks.push(mark)
  return marks.length >= 3 ? marks : [...new Set([least, ...marks, most])]
}
