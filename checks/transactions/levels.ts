import { impliedBy } from './anomalies.ts'
import type { AnomalyName, Mark } from './anomalies.ts'

/**
 * Levels of isolation, each with the levels that it implies and the anomalies that it forbids beside theirs.
 *
 * - Adya: A. Adya, "Weak Consistency", 1999, and A. Adya, B. Liskov and P. O'Neil, "Generalized isolation level
 *   definitions", 2000: PL-1 up to PL-3, PL-CS, PL-2L, PL-MSR, PL-2+, PL-FCV, PL-SI, PL-2.99, PL-3U, PL-SS.
 * - Bailis: P. Bailis et al., "Highly Available Transactions", 2013: monotonic atomic view.
 * - Cerone: A. Cerone, G. Bernardi and A. Gotsman, "A framework for transactional consistency models with atomic
 *   visibility", 2015: read atomic, causal, parallel snapshot isolation, prefix; A. Cerone and A. Gotsman, "Analysing
 *   snapshot isolation", 2016: no long fork under snapshot isolation, no read skew under its parallel kind.
 * - Liu: S. Liu et al., "ROLA: a new distributed transaction protocol and its formal analysis", 2018: update atomic.
 * - Daudjee: K. Daudjee and K. Salem, "Lazy database replication with snapshot isolation", 2006: strong, and strong
 *   within a session.
 */
const LEVELS = {
  'read-uncommitted': {
    implies: [],
    forbids: ['G0', 'duplicate-elements', 'cyclic-versions', 'garbage-read'],
  },
  'read-committed': { implies: ['read-uncommitted'], forbids: ['G1a', 'G1b', 'G1c'] },
  'monotonic-atomic-view': { implies: ['read-committed'], forbids: [] },
  'monotonic-view': { implies: ['read-committed'], forbids: [] },
  'monotonic-snapshot-read': { implies: ['read-committed'], forbids: [] },
  'cursor-stability': { implies: ['read-committed'], forbids: ['lost-update'] },
  'read-atomic': { implies: ['monotonic-atomic-view'], forbids: ['internal', 'future-read'] },
  'update-atomic': { implies: ['read-atomic'], forbids: ['lost-update'] },
  causal: { implies: ['read-atomic'], forbids: [] },
  prefix: { implies: ['causal'], forbids: [] },
  'consistent-view': { implies: ['cursor-stability', 'monotonic-view'], forbids: ['G-single'] },
  'forward-consistent-view': { implies: ['consistent-view'], forbids: [] },
  'parallel-snapshot-isolation': { implies: ['causal', 'update-atomic'], forbids: ['G-single'] },
  'repeatable-read': { implies: ['cursor-stability', 'monotonic-atomic-view'], forbids: ['G2-item'] },
  'snapshot-isolation': {
    implies: ['forward-consistent-view', 'monotonic-snapshot-read', 'parallel-snapshot-isolation', 'prefix'],
    forbids: ['G-nonadjacent'],
  },
  'update-serializable': { implies: ['forward-consistent-view'], forbids: ['G-update'] },
  serializable: { implies: ['repeatable-read', 'snapshot-isolation', 'update-serializable'], forbids: [] },
  'strong-session-read-uncommitted': { implies: ['read-uncommitted'], forbids: ['G0-process'] },
  'strong-session-read-committed': {
    implies: ['read-committed', 'strong-session-read-uncommitted'],
    forbids: ['G1c-process'],
  },
  'strong-session-snapshot-isolation': {
    implies: ['snapshot-isolation', 'strong-session-read-committed'],
    forbids: ['G-nonadjacent-process'],
  },
  'strong-session-serializable': {
    implies: ['serializable', 'strong-session-snapshot-isolation'],
    forbids: ['G2-item-process'],
  },
  'strong-read-uncommitted': { implies: ['strong-session-read-uncommitted'], forbids: ['G0-realtime'] },
  'strong-read-committed': {
    implies: ['strong-session-read-committed', 'strong-read-uncommitted'],
    forbids: ['G1c-realtime'],
  },
  'strong-snapshot-isolation': {
    implies: ['strong-session-snapshot-isolation', 'strong-read-committed'],
    forbids: ['G-nonadjacent-realtime'],
  },
  'strict-serializable': {
    implies: ['strong-session-serializable', 'strong-snapshot-isolation'],
    forbids: ['G2-item-realtime'],
  },
} as const satisfies Readonly<
  Record<string, { readonly implies: readonly string[]; readonly forbids: readonly (AnomalyName | Mark)[] }>
>

/** A level of isolation by its name. */
export type IsolationLevel = keyof typeof LEVELS

/** All levels, each behind those that it implies. */
export const ISOLATION_LEVELS = Object.keys(LEVELS) as readonly IsolationLevel[]

const OTHER_NAMES: ReadonlyMap<string, IsolationLevel> = new Map([
  ['PL-1', 'read-uncommitted'],
  ['PL-2', 'read-committed'],
  ['PL-CS', 'cursor-stability'],
  ['PL-2L', 'monotonic-view'],
  ['PL-MSR', 'monotonic-snapshot-read'],
  ['PL-2+', 'consistent-view'],
  ['PL-FCV', 'forward-consistent-view'],
  ['PL-2.99', 'repeatable-read'],
  ['PL-SI', 'snapshot-isolation'],
  ['PL-3U', 'update-serializable'],
  ['PL-3', 'serializable'],
  ['conflict-serializable', 'serializable'],
  ['PL-SS', 'strict-serializable'],
  ['strong-serializable', 'strict-serializable'],
  ['ROLA', 'update-atomic'],
  ['causal-cerone', 'causal'],
])

/**
 * The level of a name, or of another that the literature has for it: `PL-2+` is `consistent-view`.
 *
 * @throws RangeError where there is none.
 */
export function isolationLevel(name: string): IsolationLevel {
  const level = ISOLATION_LEVELS.find((known) => known === name) ?? OTHER_NAMES.get(name)
  if (level !== undefined) return level
  throw new RangeError(`There is no isolation level "${name}". There are ${ISOLATION_LEVELS.join(', ')}.`)
}

/** What anomalies say about the levels of isolation. */
export interface Standing {
  /** The weakest levels that do not hold. */
  readonly not: readonly IsolationLevel[]
  /** The other levels that do not hold, as they imply one of those. */
  readonly alsoNot: readonly IsolationLevel[]
  /** The strongest levels that nothing speaks against. */
  readonly mayHold: readonly IsolationLevel[]
}

export function standingOf(found: readonly (AnomalyName | Mark)[]): Standing {
  const present = new Set(found.flatMap((name) => (name === 'G-update' ? [name] : [...impliedBy(name)])))
  const ruledOut = new Set<IsolationLevel>()
  for (const level of ISOLATION_LEVELS) {
    const { forbids, implies } = definitionOf(level)
    if (forbids.some((name) => present.has(name)) || implies.some((weaker) => ruledOut.has(weaker))) ruledOut.add(level)
  }
  const weakest = [...ruledOut].filter((level) => !definitionOf(level).implies.some((weaker) => ruledOut.has(weaker)))
  const holding = ISOLATION_LEVELS.filter((level) => !ruledOut.has(level))
  return {
    not: weakest,
    alsoNot: [...ruledOut].filter((level) => !weakest.includes(level)),
    mayHold: holding.filter((level) => !holding.some((other) => definitionOf(other).implies.includes(level))),
  }
}

/** True where the level does not hold, if this was found. */
export function isRuledOut(level: IsolationLevel, found: readonly (AnomalyName | Mark)[]): boolean {
  const { not, alsoNot } = standingOf(found)
  return not.includes(level) || alsoNot.includes(level)
}

function definitionOf(level: IsolationLevel): {
  readonly implies: readonly IsolationLevel[]
  readonly forbids: readonly (AnomalyName | Mark)[]
} {
  return LEVELS[level]
}
