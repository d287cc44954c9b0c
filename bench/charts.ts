import type { Chart, ChartPoint, ChartSeries } from '../reports/chart.ts'
import type { Figure, Plotted } from '../reports/json.ts'
import { ENTRY_BYTES } from './table.ts'

/** What a figure is measured against. */
interface Reference {
  readonly name: string
  readonly at: (x: number) => number
}

interface ChartKind extends Omit<Chart, 'series'> {
  readonly id: string
  readonly references: readonly Reference[]
}

const NODES = { label: 'nodes', scale: 'logarithmic' } as const
const TOKENS = { label: 'tokens a node', scale: 'logarithmic' } as const

const KINDS: readonly ChartKind[] = [
  {
    id: 'balance',
    title: 'How evenly keys lie on a ring',
    about:
      'The fullest of ten nodes of the table, against an even share of 20,000 keys. The median of 20 draws of the ' +
      'tokens; the bars go from the least to the most of them.',
    x: TOKENS,
    y: { label: 'times an even share', scale: 'linear' },
    references: [{ name: 'an even share', at: () => 1 }],
  },
  {
    id: 'moved',
    title: 'Keys that move when an eleventh node joins',
    about: 'Against 1/N of 20,000 keys, in the median of 20 draws. All of them move to the node that joins.',
    x: TOKENS,
    y: { label: 'times 1/N of the keys', scale: 'linear' },
    references: [{ name: '1/N of the keys', at: () => 1 }],
  },
  {
    id: 'gossip',
    title: 'Until all nodes know of an event',
    about:
      'Nodes of the table in the simulator, each of which reconciles its history with another one at random once in ' +
      'each interval, at moments of its own; messages take 1 to 10 ms, an interval is 1 s. The median of 5 to 21 ' +
      'events, and from the least to the most of them.',
    x: NODES,
    y: { label: 'gossip intervals', scale: 'linear' },
    references: [{ name: 'log₂ N', at: Math.log2 }],
  },
  {
    id: 'merkle',
    title: 'Bytes to find what differs between two replicas',
    about:
      'What two replicas of 10,000 keys exchange to find which keys differ, by their Merkle trees, against the ' +
      'digests of those keys, which is the least that could do, and against a list of the digests of all keys.',
    x: { label: 'bytes of the digests that differ', scale: 'logarithmic' },
    y: { label: 'bytes', scale: 'logarithmic' },
    references: [
      { name: 'the digests that differ', at: (x) => x },
      { name: 'the digests of all keys', at: () => 10_000 * ENTRY_BYTES },
    ],
  },
  {
    id: 'hops',
    title: 'Nodes that a lookup in Chord asks',
    about: '2,000 lookups from nodes at random, in rings that found their fingers by themselves.',
    x: NODES,
    y: { label: 'nodes asked, besides the one that looks', scale: 'linear' },
    references: [
      { name: '½ log₂ N', at: (x) => Math.log2(x) / 2 },
      { name: 'log₂ N', at: Math.log2 },
    ],
  },
]

/** The charts in which any of the figures stands. */
export function chartsOf(figures: readonly Figure[]): readonly Chart[] {
  return KINDS.flatMap(({ id, references, ...rest }) => {
    const measured = measuredSeries(id, figures)
    const places = [...new Set(measured.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b)
    const series = [...measured, ...references.map((reference) => referenceSeries(reference, places))]
    return measured.length === 0 ? [] : [{ ...rest, series }]
  })
}

function measuredSeries(chart: string, figures: readonly Figure[]): readonly ChartSeries[] {
  const points = new Map<string, ChartPoint[]>()
  for (const { value, plotted } of figures) {
    if (plotted?.chart !== chart) continue
    const own = points.get(plotted.series) ?? []
    points.set(plotted.series, own)
    own.push(pointOf(value, plotted))
  }
  return [...points].map(([name, own]) => ({ name, points: own, isReference: false }))
}

function pointOf(value: number, { x, range }: Plotted): ChartPoint {
  return { x, y: value, ...(range === undefined ? {} : { range }) }
}

function referenceSeries({ name, at }: Reference, places: readonly number[]): ChartSeries {
  return { name, points: places.map((x) => ({ x, y: at(x) })), isReference: true }
}
