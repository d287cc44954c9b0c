import { answer } from './answers.ts'
import type { Chord } from './chord.ts'
import { onFingerFound } from './fingers.ts'
import { onPlaceFound } from './joining.ts'
import { onHandedOver } from './leaving.ts'
import { onMaintained, onOwnerFound } from './maintenance.ts'
import { onSelfSought } from './reunite.ts'
import { onPutPlaced, passOn } from './service.ts'
import type { ChordContext, ChordState, LookupPurpose, Outcome, Placement } from './state.ts'

/** What ended within a handler goes to whoever began it. */
export function dealWithOutcomes(chord: Chord, state: ChordState, ctx: ChordContext): void {
  for (let outcome = state.outcomes.shift(); outcome !== undefined; outcome = state.outcomes.shift()) {
    if (outcome.type === 'found') onFound(chord, state, ctx, outcome)
    else if (outcome.type === 'lookup failed') onLookupFailed(chord, state, ctx, outcome.purpose)
    else onPlacementEnded(chord, state, ctx, outcome.placement, outcome.type === 'placed')
  }
}

function onFound(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  { purpose, behind, successors }: Extract<Outcome, { readonly type: 'found' }>,
): void {
  switch (purpose.type) {
    case 'join':
      onPlaceFound(chord, state, ctx, behind, successors)
      break
    case 'reunite':
      onSelfSought(chord, state, ctx, behind, successors)
      break
    case 'finger':
      onFingerFound(chord, state, purpose.index, successors[0] ?? behind)
      break
    case 'maintain':
      onOwnerFound(chord, state, ctx, behind, successors)
      break
    case 'put':
    case 'get':
      passOn(chord, state, ctx, purpose, successors[0] ?? behind)
      break
  }
}

function onLookupFailed(chord: Chord, state: ChordState, ctx: ChordContext, purpose: LookupPurpose): void {
  switch (purpose.type) {
    case 'finger':
      onFingerFound(chord, state, purpose.index, undefined)
      break
    case 'maintain':
      state.maintaining = false
      break
    case 'put':
    case 'get':
      answer(ctx, purpose.asker, 'busy')
      break
    case 'join':
    case 'reunite':
      break
  }
}

function onPlacementEnded(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  placement: Placement,
  placed: boolean,
): void {
  switch (placement.purpose.type) {
    case 'put':
      onPutPlaced(ctx, placement, placed)
      break
    case 'maintain':
      onMaintained(chord, state, ctx, placement, placed)
      break
    case 'leave':
      onHandedOver(chord, state, ctx, placement, placed)
      break
  }
}
