import type { Chord } from './chord.ts'
import type { Fetched, Get, Pair } from './messages.ts'
import { owns, takesPairs } from './pairs.ts'
import { ask } from './requests.ts'
import type { ChordContext, ChordState, Reading } from './state.ts'

/**
 * An owner may have come to own a key only now, and hold an old copy of its pair or none. A write was acknowledged by
 * all its holders, so as long as most of those are among the nodes that hold it now, most of these tell of it.
 */

/** More than half of the copies. */
function copiesToRead(copies: number): number {
  return Math.floor(copies / 2) + 1
}

export function onGet(chord: Chord, state: ChordState, ctx: ChordContext, from: string, message: Get): void {
  const { request, key, place } = message
  if (!takesPairs(state) || !owns(state, place)) {
    ctx.send(from, { type: 'Done', request, status: 'unavailable', pair: null })
    return
  }
  const replicas = state.successors.slice(0, state.copies - 1)
  const id = state.nextRequest++
  const waiting = new Set(replicas.map(({ node }) => node))
  const reading: Reading = { from, request, waiting, answers: 1, newest: state.pairs.get(key) ?? null }
  state.readings.set(id, reading)
  for (const replica of replicas) {
    ask(state, ctx, chord.options, replica, (number) => ({ type: 'Fetch', request: number, key }), {
      type: 'read',
      reading: id,
    })
  }
  finishReading(state, ctx, id, reading)
}

export function onFetched(
  state: ChordState,
  ctx: ChordContext,
  id: number,
  from: string,
  { member, pair }: Fetched,
): void {
  const reading = state.readings.get(id)
  if (reading === undefined) return
  reading.waiting.delete(from)
  if (member) {
    reading.answers++
    reading.newest = newer(reading.newest, pair)
  }
  finishReading(state, ctx, id, reading)
}

export function onReplicaSilent(state: ChordState, ctx: ChordContext, id: number, replica: string): void {
  const reading = state.readings.get(id)
  if (reading === undefined) return
  reading.waiting.delete(replica)
  finishReading(state, ctx, id, reading)
}

function newer(one: Pair | null, other: Pair | null): Pair | null {
  return one === null || (other !== null && other.version > one.version) ? other : one
}

/** All who were asked have answered, or never will. */
function finishReading(state: ChordState, ctx: ChordContext, id: number, reading: Reading): void {
  const { from, request, waiting, answers, newest } = reading
  if (waiting.size > 0) return
  state.readings.delete(id)
  if (answers >= copiesToRead(state.copies)) ctx.send(from, { type: 'Done', request, status: 'ok', pair: newest })
  else ctx.send(from, { type: 'Done', request, status: 'unavailable', pair: null })
}
