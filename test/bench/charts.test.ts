import { expect, test } from 'vitest'
import { chartsOf } from '../../bench/charts.ts'
import { chartPage } from '../../reports/chart-page.ts'
import { scaleOf } from '../../reports/chart-scale.ts'
import type { Chart } from '../../reports/chart.ts'

const HOSTILE = '</title><img src=x onerror="1">'

const CHART: Chart = {
  title: HOSTILE,
  about: HOSTILE,
  x: { label: HOSTILE, scale: 'logarithmic' },
  y: { label: 'bytes', scale: 'linear' },
  series: [
    { name: HOSTILE, points: [0, 1, 10, 100].map((x) => ({ x, y: x + 1, range: [x, x + 2] })), isReference: false },
    { name: 'against', points: [{ x: 10, y: 5 }], isReference: true },
  ],
}

test('figures stand in the chart that they name, beside what they are measured against', () => {
  const plotted = (series: string, x: number) => ({ chart: 'hops', series, x })
  const charts = chartsOf([
    { name: 'a', value: 1.15, unit: 'hops', plotted: plotted('mean', 8) },
    { name: 'b', value: 2, unit: 'hops', plotted: plotted('worst', 8) },
    { name: 'c', value: 1.7, unit: 'hops', plotted: plotted('mean', 16) },
    { name: 'd', value: 9, unit: 'ms' },
  ])
  expect(charts.map(({ series }) => series)).toEqual([
    [
      {
        name: 'mean',
        isReference: false,
        points: [
          { x: 8, y: 1.15 },
          { x: 16, y: 1.7 },
        ],
      },
      { name: 'worst', isReference: false, points: [{ x: 8, y: 2 }] },
      {
        name: '½ log₂ N',
        isReference: true,
        points: [
          { x: 8, y: 1.5 },
          { x: 16, y: 2 },
        ],
      },
      {
        name: 'log₂ N',
        isReference: true,
        points: [
          { x: 8, y: 3 },
          { x: 16, y: 4 },
        ],
      },
    ],
  ])
})

test('a page of charts needs nothing but itself, runs nothing, and says in a table what it draws', () => {
  const page = chartPage('Charts', 'About', [CHART])
  expect(page).not.toMatch(/<(?:script|link|img|iframe)\b|https?:/)
  expect(page).toContain("default-src 'none'")
  expect(page).toContain('&lt;/title&gt;&lt;img src=x onerror=&quot;1&quot;&gt;')
  // A point that has a place on a logarithmic axis is drawn, and says its value; the table has the others too.
  expect(page.match(/<path class="point" d="[^"]*"><title>/g)).toHaveLength(3)
  expect(page).toContain(': 11, from 10 to 12</title>')
  expect([...page.matchAll(/<th scope="col">(\d+)<\/th>/g)].map(([, x]) => x)).toEqual(['0', '1', '10', '100'])
  expect(page).not.toContain('NaN')
})

test('a linear scale begins at zero and has round marks; a logarithmic one has powers of ten', () => {
  const linear = scaleOf({ label: '', scale: 'linear' }, [0.4, 3.23], 100, 0)
  expect(linear.marks).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5])
  expect([linear.at(0), linear.at(3.5)]).toEqual([100, 0])
  const logarithmic = scaleOf({ label: '', scale: 'logarithmic' }, [60, 600_000], 0, 100)
  expect(logarithmic.marks).toEqual([100, 1_000, 10_000, 100_000])
  expect([logarithmic.at(60), logarithmic.at(6_000), logarithmic.at(600_000)]).toEqual([0, 50, 100])
})
