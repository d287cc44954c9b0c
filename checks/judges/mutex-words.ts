import { tokenOf } from './fencing.ts'
import type { Writes } from './fencing.ts'
import { counted, finding } from './finding.ts'
import type { Finding, Naming } from './finding.ts'
import type { Hold, Pair } from './holds.ts'
import type { Entry } from '../linearizability/entry.ts'
import { invocationTime, returnTime, seconds } from '../linearizability/sentences.ts'

/** What is wrong with a lock, each kind of breach at its first example. */

export function bothHeld(pairs: readonly Pair[]): Finding | undefined {
  const [first] = pairs
  if (first === undefined) return undefined
  const [earlier, later] = first
  const ends = [later, earlier].flatMap(({ release }) => (release === undefined ? [] : [release.operation]))
  return finding([earlier.acquire.operation, later.acquire.operation, ...ends], (name) => ({
    shape: 'two holders',
    summary: `${counted(pairs.length, 'time')} somebody got the lock while another held it`,
    because: [`${inTime(earlier, name)}`, `However ${inTime(later, name)}: a contradiction`],
  }))
}

function inTime({ acquire, release, until }: Hold, name: Naming): string {
  const { operation } = acquire
  const start = `${operation.process} held it from the return of ${name(operation)} at ${returnTime(operation)}`
  if (until.atMs === Infinity) return `${start} on, and never released it`
  if (release !== undefined && until.rank === release.invoked) {
    return `${start} until it invoked ${name(release.operation)} at ${invocationTime(release.operation)}`
  }
  return `${start} until its lease ran out, not before ${seconds(until.atMs)}`
}

export function notHeld(releases: readonly Entry[]): Finding | undefined {
  const [release] = releases
  if (release === undefined) return undefined
  const { process } = release.operation
  return finding([release.operation], () => ({
    shape: 'release by who did not hold',
    summary: `${counted(releases.length, 'release')} by somebody who cannot have held the lock`,
    because: [`T1 released the lock, which ${process} had not acquired, or had released before: a contradiction`],
  }))
}

export function tokenNotHigher(pairs: readonly Pair[]): Finding | undefined {
  const [first] = pairs
  if (first === undefined) return undefined
  const [earlier, later] = first
  return finding([earlier.acquire.operation, later.acquire.operation], (name) => ({
    shape: earlier.token === later.token ? 'token given twice' : 'token went back',
    summary: `${counted(pairs.length, 'grant')} with a token that is not higher than one before`,
    because: [
      `${name(earlier.acquire.operation)} was granted token ${earlier.token} at ${returnTime(earlier.acquire.operation)}`,
      `However ${name(later.acquire.operation)} was granted token ${later.token} after it, at ${returnTime(later.acquire.operation)}: a contradiction`,
    ],
  }))
}

export function staleAccepted(writes: readonly Writes[]): Finding | undefined {
  const [first] = writes
  if (first === undefined) return undefined
  const [accepted, stale] = first
  return finding([accepted.operation, stale.operation], (name) => ({
    shape: 'stale token accepted',
    summary: `${counted(writes.length, 'write')} accepted with a token below one that was accepted before`,
    because: [
      `${name(accepted.operation)} wrote with token ${tokenOf(accepted)}, and returned at ${returnTime(accepted.operation)}`,
      `However ${name(stale.operation)}, invoked at ${invocationTime(stale.operation)}, was accepted with token ${tokenOf(stale)}: a contradiction`,
    ],
  }))
}

export function tokenUnknown(writes: readonly Entry[]): Finding | undefined {
  const [write] = writes
  if (write === undefined) return undefined
  return finding([write.operation], () => ({
    shape: 'token nobody was granted',
    summary: `${counted(writes.length, 'write')} accepted with a token that nobody was granted`,
    because: [`T1 was accepted with token ${tokenOf(write)}, which nobody was granted: a contradiction`],
  }))
}
