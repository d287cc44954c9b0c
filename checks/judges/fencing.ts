import { grantOf, inOrder } from './holds.ts'
import type { Hold, Pair } from './holds.ts'
import type { Entry } from '../linearizability/entry.ts'
import type { MutexInput } from './mutex-input.ts'

/**
 * Grants whose token is not above that of a grant before. Which grant came first is known where the certain parts of
 * the holds lie one after the other, as the holds themselves then do, and where one had been answered when the other
 * was asked for; of two grants with the same token it does not matter.
 */
export function tokensOutOfOrder(holds: readonly Hold[]): Pair[] {
  const withToken = holds.filter(({ token }) => token !== undefined)
  const inOrderOfHolds = notHigher(inOrder(withToken))
  if (inOrderOfHolds.length > 0) return inOrderOfHolds
  const late = withToken.sort((left, right) => left.acquire.invoked - right.acquire.invoked)
  const inRealTime = notHigherThanAnswered(late)
  return inRealTime.length > 0 ? inRealTime : alike(late)
}

function notHigher(holds: readonly Hold[]): Pair[] {
  const found: Pair[] = []
  let highest: Hold | undefined
  for (const hold of holds) {
    if (highest !== undefined && hold.token! <= highest.token!) found.push([highest, hold])
    else highest = hold
  }
  return found
}

/** @param holds in the order of their invocation. */
function notHigherThanAnswered(holds: readonly Hold[]): Pair[] {
  const byReturn = [...holds].sort((left, right) => left.acquire.returned - right.acquire.returned)
  const found: Pair[] = []
  let next = 0
  let highest: Hold | undefined
  for (const hold of holds) {
    for (; byReturn[next] !== undefined && byReturn[next]!.acquire.returned < hold.acquire.invoked; next++) {
      if (highest === undefined || byReturn[next]!.token! > highest.token!) highest = byReturn[next]
    }
    if (highest !== undefined && hold.token! <= highest.token!) found.push([highest, hold])
  }
  return found
}

function alike(holds: readonly Hold[]): Pair[] {
  const byToken = new Map<number, Hold>()
  const found: Pair[] = []
  for (const hold of holds) {
    const other = byToken.get(hold.token!)
    if (other === undefined) byToken.set(hold.token!, hold)
    else found.push([other, hold])
  }
  return found
}

export type Writes = readonly [accepted: Entry, stale: Entry]

/** Writes that were accepted with a token below that of another, which had been accepted when they were invoked. */
export function staleWrites(entries: readonly Entry<MutexInput, unknown>[]): Writes[] {
  const accepted = entries.filter(({ input, output }) => input.action === 'write' && output !== undefined)
  const byReturn = [...accepted].sort((left, right) => left.returned - right.returned)
  const found: Writes[] = []
  let next = 0
  let highest: Entry | undefined
  for (const write of accepted) {
    for (; byReturn[next] !== undefined && byReturn[next]!.returned < write.invoked; next++) {
      if (highest === undefined || tokenOf(byReturn[next]!) > tokenOf(highest)) highest = byReturn[next]
    }
    if (highest !== undefined && tokenOf(write) < tokenOf(highest)) found.push([highest, write])
  }
  return found
}

export function tokenOf({ input }: Entry): number {
  return (input as { readonly token: number }).token
}

/** Writes that were accepted with a token that no grant had, where each grant's answer is known. */
export function unknownTokens(entries: readonly Entry<MutexInput, unknown>[], holds: readonly Hold[]): Entry[] {
  const acquires = entries.filter(({ input }) => input.action === 'acquire')
  if (acquires.some(({ output }) => output === undefined) || holds.every(({ token }) => token === undefined)) return []
  const granted = new Set(acquires.map((acquire) => grantOf(acquire).token))
  return entries.filter(
    (entry) => entry.input.action === 'write' && entry.output !== undefined && !granted.has(tokenOf(entry)),
  )
}
