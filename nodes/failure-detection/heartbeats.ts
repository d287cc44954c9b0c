import type { Millis } from '../../sim/machine.ts'

/**
 * Failure detection by heartbeats that spread by gossip (A Gossip-Style Failure Detection Service, van Renesse, Minsky
 * and Hayden, 1998; On Scalable and Efficient Distributed Failure Detectors, Gupta, Chandra and Goldszmidt, PODC 2001):
 * a member that nobody has heard a new heartbeat of for too long is suspected. A suspicion is an opinion of one node,
 * which ends with the next heartbeat; it takes nobody's membership away.
 */
export interface Heartbeats {
  /** When a new heartbeat of a member was last heard of, on this node's clock. */
  readonly heardMs: Map<string, Millis>
}

export function newHeartbeats(): Heartbeats {
  return { heardMs: new Map() }
}

/** A new heartbeat of the member has come, by whatever way. */
export function heard(heartbeats: Heartbeats, member: string, nowMs: Millis): void {
  heartbeats.heardMs.set(member, nowMs)
}

/** From now on somebody is expected to be heard of; nothing changes for one that was expected before. */
export function expectToHear(heartbeats: Heartbeats, member: string, nowMs: Millis): void {
  if (!heartbeats.heardMs.has(member)) heartbeats.heardMs.set(member, nowMs)
}

export function forget(heartbeats: Heartbeats, member: string): void {
  heartbeats.heardMs.delete(member)
}

/** True where nothing new was heard of the member for longer than `afterMs`. */
export function isSuspected(heartbeats: Heartbeats, member: string, nowMs: Millis, afterMs: Millis): boolean {
  const heardMs = heartbeats.heardMs.get(member)
  return heardMs === undefined || nowMs - heardMs > afterMs
}
