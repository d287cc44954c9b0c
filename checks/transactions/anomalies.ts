/**
 * What may be wrong between transactions, by the names of the literature: A. Adya, "Weak Consistency", 1999, sections
 * 3.2 and 4; K. Kingsbury and P. Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations", 2020,
 * section 6. The worst come first.
 */

/** Cycles of dependencies, by what they are made of. */
export type CycleName = 'G0' | 'G1c' | 'G-single' | 'G-nonadjacent' | 'G2-item'

/** `-process`: the cycle needs the order within a process; `-realtime`: it needs the order in time. */
export type CycleAnomalyName = CycleName | `${CycleName}-process` | `${CycleName}-realtime`

export type DirectAnomalyName =
  | 'garbage-read'
  | 'duplicate-elements'
  | 'cyclic-versions'
  | 'incompatible-order'
  | 'dirty-update'
  | 'G1a'
  | 'G1b'
  | 'future-read'
  | 'internal'
  | 'lost-update'

export type AnomalyName = DirectAnomalyName | CycleAnomalyName

/**
 * A cycle with anti-dependencies in which at most one transaction only reads (Adya, 1999, section 4.2.1): no name of its
 * own, but more than others of its name are.
 */
export type Mark = 'G-update'

/** What each anomaly is, in a few words. */
export const MEANING: Readonly<Record<DirectAnomalyName | CycleName, string>> = {
  'garbage-read': 'a value that nobody wrote',
  'duplicate-elements': 'an element twice in a list',
  'cyclic-versions': 'no possible order of versions',
  'incompatible-order': 'lists that contradict each other',
  'dirty-update': 'an update built on an aborted one',
  G1a: 'aborted read',
  G1b: 'intermediate read',
  'future-read': 'a write read before it was made',
  internal: 'a transaction that does not see its own past',
  'lost-update': 'lost update',
  G0: 'write cycle',
  G1c: 'circular information flow',
  'G-single': 'read skew',
  'G-nonadjacent': 'long fork',
  'G2-item': 'write skew',
}

export const CYCLES: readonly CycleName[] = ['G0', 'G1c', 'G-single', 'G-nonadjacent', 'G2-item']
export const SUFFIXES = ['', '-process', '-realtime'] as const

const DIRECT: readonly DirectAnomalyName[] = [
  'garbage-read',
  'duplicate-elements',
  'cyclic-versions',
  'incompatible-order',
  'dirty-update',
  'G1a',
  'G1b',
  'future-read',
  'internal',
  'lost-update',
]

/** All names, the worst first. */
export const ANOMALIES: readonly AnomalyName[] = [
  ...DIRECT.slice(0, -1),
  'G0',
  'G1c',
  'lost-update',
  'G-single',
  'G-nonadjacent',
  'G2-item',
  ...(['-process', '-realtime'] as const).flatMap((suffix) => CYCLES.map((name) => `${name}${suffix}` as const)),
]

/**
 * Which anomalies are, by definition, also others. A dependency cycle is one that needs less than a cycle in a process
 * needs, and that less than one in time; a cycle with one anti-dependency is one without two in a row, and so on.
 */
const ALSO: Readonly<Partial<Record<AnomalyName, readonly AnomalyName[]>>> = {
  'incompatible-order': ['G1a'],
  'dirty-update': ['G1a'],
  'future-read': ['G1c'],
  'lost-update': ['G2-item'],
}

/** The cycles that a cycle of this name counts as, beside those with a suffix. */
const CYCLE_ALSO: Readonly<Record<CycleName, readonly CycleName[]>> = {
  G0: ['G1c'],
  G1c: [],
  'G-single': ['G-nonadjacent', 'G2-item'],
  'G-nonadjacent': ['G2-item'],
  'G2-item': [],
}

/** The anomaly and all that it counts as. */
export function impliedBy(name: AnomalyName): ReadonlySet<AnomalyName> {
  const all = new Set<AnomalyName>()
  const add = (anomaly: AnomalyName): void => {
    if (all.has(anomaly)) return
    all.add(anomaly)
    for (const other of ALSO[anomaly] ?? []) add(other)
    for (const [cycle, suffix] of partsOf(anomaly)) {
      for (const other of CYCLE_ALSO[cycle]) add(`${other}${suffix}`)
      for (const weaker of SUFFIXES.slice(SUFFIXES.indexOf(suffix) + 1)) add(`${cycle}${weaker}`)
    }
  }
  add(name)
  return all
}

/** The cycle's name without its suffix, and the suffix; none for what is no cycle. */
function partsOf(name: AnomalyName): readonly (readonly [CycleName, (typeof SUFFIXES)[number]])[] {
  return CYCLES.flatMap((cycle) =>
    SUFFIXES.filter((suffix) => name === `${cycle}${suffix}`).map((suffix) => [cycle, suffix] as const),
  )
}

/** In a few words: `read skew`, `stale read skew` … for a cycle with a suffix what it needs beside. */
export function meaningOf(name: AnomalyName): string {
  const [parts] = partsOf(name)
  if (parts === undefined) return MEANING[name as DirectAnomalyName]
  const [cycle, suffix] = parts
  if (suffix === '') return MEANING[cycle]
  return `${MEANING[cycle]} against ${suffix === '-process' ? 'the order of a process' : 'the order in time'}`
}
