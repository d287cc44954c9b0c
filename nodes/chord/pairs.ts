import { syncJournal } from '../storage/journal.ts'
import { isWithin } from './identifiers.ts'
import type { Chord } from './chord.ts'
import type { Compare, Fetch, Pair, Store } from './messages.ts'
import { isMember } from './neighbours.ts'
import { persistDrop, persistPair } from './persistence.ts'
import type { ChordContext, ChordState } from './state.ts'

/** The pairs that a node holds, whether it owns them or not. */

/** True where it takes pairs: one that is on its way out would take them with it. */
export function takesPairs({ phase }: ChordState): boolean {
  return phase === 'member'
}

/** A node owns what lies between its predecessor and itself; while it knows no predecessor, it takes lookups at their word. */
export function owns({ self, predecessor }: ChordState, place: number): boolean {
  return predecessor === null || isWithin(predecessor.id, place, self.id)
}

/** Writes down the pairs that are newer than what is held. A pair that was about to be dropped stays. */
export function hold(chord: Chord, state: ChordState, ctx: ChordContext, pairs: readonly Pair[]): void {
  for (const pair of pairs) {
    state.going.delete(pair.key)
    if (!chord.rules.isNewer(pair.version, state.pairs.get(pair.key))) continue
    state.pairs.set(pair.key, pair)
    persistPair(state, ctx, pair)
  }
}

export function isNewer(version: number, held: Pair | undefined): boolean {
  return held === undefined || version > held.version
}

/** From now on the pairs do not count as held, so that nobody drops its own copy because of these. */
export function beginDropping(state: ChordState, pairs: readonly Pair[]): void {
  for (const { key } of pairs) state.going.add(key)
}

export function stopDropping(state: ChordState, pairs: readonly Pair[]): void {
  for (const { key } of pairs) state.going.delete(key)
}

/** Drops the pairs that nobody has asked it to hold meanwhile. */
export function finishDropping(state: ChordState, ctx: ChordContext, pairs: readonly Pair[]): void {
  for (const { key, version } of pairs) {
    if (!state.going.delete(key) || state.pairs.get(key)?.version !== version) continue
    state.pairs.delete(key)
    persistDrop(state, ctx, key)
    state.counts.handedOver++
  }
  syncJournal(state.journal, ctx.disk)
}

/** What a node says it holds is on its disk. */
export function makeDurable({ journal }: ChordState, { disk }: ChordContext): void {
  syncJournal(journal, disk)
}

export function onStore(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  from: string,
  { request, pairs }: Store,
): void {
  const accepted = takesPairs(state)
  if (accepted) {
    hold(chord, state, ctx, pairs)
    chord.rules.makeDurable(state, ctx)
  }
  ctx.send(from, { type: 'Stored', request, accepted })
}

export function onCompare(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  from: string,
  { request, keys, versions }: Compare,
): void {
  const { isNewer: replaces, countsWhileGoing } = chord.rules
  const lacks = keys.filter((key, place) => {
    return replaces(versions[place]!, state.pairs.get(key)) || (state.going.has(key) && !countsWhileGoing())
  })
  ctx.send(from, { type: 'Compared', request, accepted: takesPairs(state), lacks })
}

export function onFetch(state: ChordState, ctx: ChordContext, from: string, { request, key }: Fetch): void {
  const pair = state.pairs.get(key) ?? null
  ctx.send(from, { type: 'Fetched', request, member: isMember(state), pair })
}
