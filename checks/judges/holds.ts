import type { Entry } from '../linearizability/entry.ts'
import type { Grant, MutexInput } from './mutex-input.ts'

/** The time in which somebody holds a lock for certain. */
export interface Hold {
  readonly acquire: Entry<MutexInput, unknown>
  /** What ended it: a release, or where there are leases another acquire; undefined where nothing did. */
  readonly release: Entry<MutexInput, unknown> | undefined
  readonly token: number | undefined
  /** In milliseconds, and its place among all invocations and returns; it begins with a return. */
  readonly from: End
  readonly until: End
}

interface End {
  readonly atMs: number
  /** Undefined for the end of a lease, which is at no event of the history. */
  readonly rank: number | undefined
}

/** @param entries those of one lock, in the order of their invocation. */
export function holdsOf(entries: readonly Entry<MutexInput, unknown>[], leaseMs: number): Hold[] {
  const holds: Hold[] = []
  const underWay = new Map<string, Entry<MutexInput, unknown>>()
  const end = (acquire: Entry<MutexInput, unknown>, release: Entry<MutexInput, unknown> | undefined): void => {
    holds.push(holdOf(acquire, release, leaseMs))
    underWay.delete(acquire.operation.process)
  }
  for (const entry of entries) {
    const { process } = entry.operation
    const held = underWay.get(process)
    if (entry.input.action === 'acquire' && entry.output !== undefined) {
      if (held !== undefined) end(held, hasLease(held, leaseMs) ? entry : undefined)
      underWay.set(process, entry)
    }
    if (entry.input.action === 'release' && held !== undefined) end(held, entry)
  }
  for (const acquire of underWay.values()) end(acquire, undefined)
  return holds
}

function holdOf(
  acquire: Entry<MutexInput, unknown>,
  release: Entry<MutexInput, unknown> | undefined,
  leaseMs: number,
): Hold {
  const { token, leaseMs: granted = leaseMs } = grantOf(acquire)
  const lease: End = { atMs: acquire.operation.invokedAtMs + granted, rank: undefined }
  const released: End =
    release === undefined
      ? { atMs: Infinity, rank: Infinity }
      : { atMs: release.operation.invokedAtMs, rank: release.invoked }
  return {
    acquire,
    release,
    token,
    from: { atMs: acquire.operation.returnedAtMs, rank: acquire.returned },
    until: lease.atMs < released.atMs ? lease : released,
  }
}

/** A process that has a lease may ask for the lock again while it holds it: that is how leases are prolonged. */
function hasLease(acquire: Entry, leaseMs: number): boolean {
  return (grantOf(acquire).leaseMs ?? leaseMs) !== Infinity
}

export function grantOf({ output }: Entry): Grant {
  if (typeof output === 'number') return { token: output }
  return typeof output === 'object' && output !== null ? (output as Grant) : {}
}

/** Earliest first, by when they certainly began; those whose lease had run out by then are none. */
export function inOrder(holds: readonly Hold[]): Hold[] {
  return holds
    .filter(({ from, until }) => until.atMs >= from.atMs)
    .sort((left, right) => left.from.rank! - right.from.rank!)
}

export type Pair = readonly [first: Hold, second: Hold]

/** Holds that began while another lasted, with the one that lasts longest of those before. */
export function overlapping(holds: readonly Hold[]): Pair[] {
  const found: Pair[] = []
  let longest: Hold | undefined
  for (const hold of holds) {
    if (longest !== undefined && isBefore(hold.from, longest.until)) found.push([longest, hold])
    if (longest === undefined || isBefore(longest.until, hold.until)) longest = hold
  }
  return found
}

/** Ends at the same millisecond are told apart by their places, where both have one. */
function isBefore(left: End, right: End): boolean {
  if (left.rank !== undefined && right.rank !== undefined) return left.rank < right.rank
  return left.atMs < right.atMs
}

/**
 * Releases by those who cannot have held the lock. With leases there are none: who lost the lock without knowing may
 * still release it. Nor are there any by who got no answer to an acquire, which may have taken effect since.
 */
export function releasedUnheld(entries: readonly Entry<MutexInput, unknown>[], leaseMs: number): Entry[] {
  if (entries.some((entry) => entry.input.action === 'acquire' && hasLease(entry, leaseMs))) return []
  const mayHold = new Set<string>()
  const uncertain = new Set<string>()
  const found: Entry[] = []
  for (const entry of entries) {
    const { process } = entry.operation
    const isAnswered = entry.output !== undefined
    if (entry.input.action === 'acquire') (isAnswered ? mayHold : uncertain).add(process)
    if (entry.input.action !== 'release' || !isAnswered || uncertain.has(process)) continue
    if (!mayHold.has(process)) found.push(entry)
    mayHold.delete(process)
  }
  return found
}
