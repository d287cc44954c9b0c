import type { Chord } from './chord.ts'
import type { Peer } from './identifiers.ts'
import type { Compared, Pair, Stored } from './messages.ts'
import { ask } from './requests.ts'
import type { ChordContext, ChordState, Placement, PlacementPurpose } from './state.ts'

/** Seeing to it that others hold pairs: with every write, when neighbours change, and before a node goes. */

/** Asks the targets to hold the pairs; first, where they may well do so already, which of them they lack. */
export function placePairs(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  pairs: readonly Pair[],
  targets: readonly Peer[],
  purpose: PlacementPurpose,
): void {
  const id = state.nextRequest++
  const waiting = new Set(targets.map(({ node }) => node))
  const placement: Placement = { pairs, targets, waiting, moved: false, purpose }
  state.placements.set(id, placement)
  for (const target of targets) {
    if (purpose.type === 'put') store(chord, state, ctx, id, target, pairs)
    else compare(chord, state, ctx, id, target, pairs)
  }
  check(chord, state, id, placement)
}

function store(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  placement: number,
  target: Peer,
  pairs: readonly Pair[],
): void {
  ask(state, ctx, chord.options, target, (request) => ({ type: 'Store', request, pairs }), { type: 'place', placement })
}

function compare(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  placement: number,
  target: Peer,
  pairs: readonly Pair[],
): void {
  const keys = pairs.map(({ key }) => key)
  const versions = pairs.map(({ version }) => version)
  ask(state, ctx, chord.options, target, (request) => ({ type: 'Compare', request, keys, versions }), {
    type: 'place',
    placement,
  })
}

export function onCompared(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  id: number,
  from: Peer,
  { accepted, lacks }: Compared,
): void {
  const placement = state.placements.get(id)
  if (placement === undefined) return
  if (!accepted) fail(state, id, placement)
  else if (lacks.length === 0) onHeld(chord, state, id, placement, from)
  else {
    const lacking = new Set(lacks)
    const pairs = placement.pairs.filter(({ key }) => lacking.has(key))
    placement.moved = true
    store(chord, state, ctx, id, from, pairs)
  }
}

export function onStored(chord: Chord, state: ChordState, id: number, from: Peer, { accepted }: Stored): void {
  const placement = state.placements.get(id)
  if (placement === undefined) return
  if (accepted) onHeld(chord, state, id, placement, from)
  else fail(state, id, placement)
}

/** A target is silent. */
export function onTargetSilent(state: ChordState, id: number): void {
  const placement = state.placements.get(id)
  if (placement !== undefined) fail(state, id, placement)
}

function onHeld(chord: Chord, state: ChordState, id: number, placement: Placement, { node }: Peer): void {
  placement.waiting.delete(node)
  check(chord, state, id, placement)
}

function check(chord: Chord, state: ChordState, id: number, placement: Placement): void {
  if (!chord.rules.isPlaced(state, placement)) return
  state.placements.delete(id)
  state.outcomes.push({ type: 'placed', placement })
}

export function isPlaced(_state: ChordState, { waiting }: Placement): boolean {
  return waiting.size === 0
}

function fail(state: ChordState, id: number, placement: Placement): void {
  state.placements.delete(id)
  state.outcomes.push({ type: 'not placed', placement })
}

/** The owner of a place and those that follow it, as many as there are to be copies. */
export function holders(following: readonly Peer[], copies: number): readonly Peer[] {
  return following.slice(0, copies)
}
