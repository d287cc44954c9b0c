import type { Chart, ChartPoint, ChartSeries } from './chart.ts'
import { type ChartScale, scaleOf } from './chart-scale.ts'
import { escapeMarkup } from './markup.ts'
import { significant } from './words.ts'

const WIDTH = 640
const HEIGHT = 360
const LEFT = 70
const RIGHT = 16
const TOP = 14
const BOTTOM = 48
/** Series are told apart by these, and by the shape of their points. */
const COLOURS = 4
const DASHES = 2

interface Paper {
  readonly x: ChartScale
  readonly y: ChartScale
}

/** The chart as an SVG element, which needs the style of the page. A point says its value to whoever points at it. */
export function chartSvg(chart: Chart): string {
  // Nothing at zero has a place on a logarithmic axis: it is in the table alone.
  const series = chart.series.map((one) => ({ ...one, points: one.points.filter(({ x }) => hasPlace(chart, x)) }))
  const points = series.flatMap((one) => one.points)
  const paper: Paper = {
    x: scaleOf(
      chart.x,
      points.map(({ x }) => x),
      LEFT,
      WIDTH - RIGHT,
    ),
    y: scaleOf(
      chart.y,
      points.flatMap(({ y, range }) => [y, ...(range ?? [])]),
      HEIGHT - BOTTOM,
      TOP,
    ),
  }
  const lines = series.map((one) => seriesSvg(one, placeOf(one, series), paper))
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeMarkup(chart.title)}">
${gridSvg(chart, paper)}
${lines.join('\n')}
</svg>`
}

/** Of what was measured, or of what that is measured against: each has signs of its own. */
export function placeOf(one: ChartSeries, series: readonly ChartSeries[]): number {
  return series.filter(({ isReference }) => isReference === one.isReference).indexOf(one)
}

function hasPlace({ x }: Chart, value: number): boolean {
  return x.scale === 'linear' || value > 0
}

function gridSvg(chart: Chart, { x, y }: Paper): string {
  const [bottom, right] = [HEIGHT - BOTTOM, WIDTH - RIGHT]
  const across = y.marks.map((mark) => {
    const at = round(y.at(mark))
    return `<path class="grid" d="M${LEFT} ${at}H${right}"/><text class="end" x="${LEFT - 8}" y="${at + 4}">${significant(mark)}</text>`
  })
  const along = x.marks.map((mark) => {
    const at = round(x.at(mark))
    return `<path class="grid" d="M${at} ${bottom}v5"/><text class="middle" x="${at}" y="${bottom + 19}">${significant(mark)}</text>`
  })
  const middle = round((LEFT + right) / 2)
  const height = round((TOP + bottom) / 2)
  return [
    ...across,
    ...along,
    `<text class="middle label" x="${middle}" y="${HEIGHT - 8}">${escapeMarkup(chart.x.label)}</text>`,
    `<text class="middle label" transform="translate(14 ${height}) rotate(-90)">${escapeMarkup(chart.y.label)}</text>`,
  ].join('\n')
}

function seriesSvg({ name, points, isReference }: ChartSeries, place: number, paper: Paper): string {
  const line = points.map(({ x, y }) => `${round(paper.x.at(x))} ${round(paper.y.at(y))}`).join('L')
  if (isReference) return `<path class="${dashClass(place)}" d="M${line}"><title>${escapeMarkup(name)}</title></path>`
  const marks = points.map((point) => pointSvg(name, point, place, paper))
  return `<g class="${colourClass(place)}"><path class="line" d="M${line}"/>${marks.join('')}</g>`
}

/** The sign that stands beside the name of a series. */
export function signSvg({ isReference }: ChartSeries, place: number): string {
  const [kind, drawn] = isReference
    ? ['', `<path class="${dashClass(place)}" d="M0 6H24"/>`]
    : [` ${colourClass(place)}`, `<path class="point" d="${shape(12, 6, place)}"/>`]
  return `<svg class="sign${kind}" viewBox="0 0 24 12">${drawn}</svg>`
}

function dashClass(place: number): string {
  return `reference dash-${place % DASHES}`
}

function colourClass(place: number): string {
  return `series-${place % COLOURS}`
}

function pointSvg(name: string, { x, y, range }: ChartPoint, place: number, paper: Paper): string {
  const [left, top] = [round(paper.x.at(x)), round(paper.y.at(y))]
  const words = range === undefined ? '' : `, from ${significant(range[0])} to ${significant(range[1])}`
  const bar =
    range === undefined
      ? ''
      : `<path class="range" d="M${left} ${round(paper.y.at(range[0]))}V${round(paper.y.at(range[1]))}"/>`
  const title = `<title>${escapeMarkup(name)}, ${significant(x)}: ${significant(y)}${words}</title>`
  return `${bar}<path class="point" d="${shape(left, top, place)}">${title}</path>`
}

/** A square, a diamond, a triangle, a cross: colours are not all that everybody sees. */
function shape(left: number, top: number, place: number): string {
  switch (place % COLOURS) {
    case 0:
      return `M${left - 4} ${top - 4}h8v8h-8z`
    case 1:
      return `M${left} ${top - 5}l5 5l-5 5l-5 -5z`
    case 2:
      return `M${left} ${top - 5}l5 9h-10z`
    default:
      return `M${left - 4} ${top - 1}h3v-3h2v3h3v2h-3v3h-2v-3h-3z`
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
