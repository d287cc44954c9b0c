import type { Chart, ChartSeries } from './chart.ts'
import { chartSvg, placeOf, signSvg } from './chart-svg.ts'
import { htmlFile } from './html-file.ts'
import { escapeMarkup } from './markup.ts'
import { count, significant } from './words.ts'

const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --muted: #60646c; --grid: #e4e6ea;
  --series-0: #1f6fb4; --series-1: #b8510d; --series-2: #2a7e3b; --series-3: #8e4ec6 }
@media (prefers-color-scheme: dark) { :root { --paper: #15171a; --ink: #edeef0; --muted: #a0a5ad; --grid: #2b2f35;
  --series-0: #70b8ff; --series-1: #ffa057; --series-2: #71d083; --series-3: #d19dff } }
body { margin: 0 auto; padding: 14px 18px; max-width: 1360px; background: var(--paper); color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif }
h1 { font-size: 20px; margin: 0 0 4px } h2 { font-size: 16px; margin: 0 } p { margin: 2px 0 8px; max-width: 75ch }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 28px 40px }
svg { width: 100%; height: auto; display: block } svg text { font-size: 12px; fill: var(--muted) }
.end { text-anchor: end } .middle { text-anchor: middle } svg .label { fill: var(--ink) }
.grid { stroke: var(--grid) } .line { fill: none; stroke: currentColor; stroke-width: 2 }
.range { stroke: currentColor; stroke-width: 5; opacity: .3 } .point { fill: currentColor }
.reference { fill: none; stroke: var(--muted); stroke-width: 1.5 }
.dash-0 { stroke-dasharray: 6 4 } .dash-1 { stroke-dasharray: 2 3 }
.series-0 { color: var(--series-0) } .series-1 { color: var(--series-1) } .series-2 { color: var(--series-2) }
.series-3 { color: var(--series-3) } svg.sign { display: inline; width: 24px; height: 12px }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td { text-align: right; padding: 2px 10px; border-top: 1px solid var(--grid) }
th { padding: 2px 10px 2px 0; font-weight: 600; text-align: left } thead th { text-align: right; padding: 2px 10px }
thead th:first-child { text-align: left; padding-left: 0 } small { color: var(--muted); white-space: nowrap }
`

/** No page may be asked for anything: all that it needs is in it, and it runs nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** Charts as one HTML page, each with the table of its figures. It needs no network and no script. */
export function chartPage(title: string, about: string, charts: readonly Chart[]): string {
  const body = `<body>
<h1>${escapeMarkup(title)}</h1>
<p>${escapeMarkup(about)}</p>
<main>
${charts.map(section).join('\n')}
</main>
</body>`
  return htmlFile({ title, policy: POLICY, style: STYLE, body })
}

function section(chart: Chart): string {
  return `<section>
<h2>${escapeMarkup(chart.title)}</h2>
<p>${escapeMarkup(chart.about)}</p>
${chartSvg(chart)}
<div class="scroll">${table(chart)}</div>
</section>`
}

/** A row for each series, which is the legend too. */
function table({ x, series }: Chart): string {
  const places = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))].sort((a, b) => a - b)
  const row = (one: ChartSeries): string => {
    const sign = signSvg(one, placeOf(one, series))
    return `<tr><th scope="row">${sign} ${escapeMarkup(one.name)}</th>${places.map((place) => cell(one, place)).join('')}</tr>`
  }
  const head = places.map((place) => `<th scope="col">${count(place)}</th>`).join('')
  return `<table><thead><tr><th>${escapeMarkup(x.label)}</th>${head}</tr></thead><tbody>${series.map(row).join('')}</tbody></table>`
}

function cell({ points }: ChartSeries, place: number): string {
  const point = points.find(({ x }) => x === place)
  if (point === undefined) return '<td></td>'
  const { y, range } = point
  const between = range === undefined ? '' : `<br><small>${significant(range[0])}–${significant(range[1])}</small>`
  return `<td>${significant(y)}${between}</td>`
}
