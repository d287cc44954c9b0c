import { answer } from './answers.ts'
import type { Chord } from './chord.ts'
import type { Peer } from './identifiers.ts'
import { onJoinRequest } from './joining.ts'
import { onLeaveRequest } from './leaving.ts'
import { beginLookup } from './lookup.ts'
import { type ClientRequest, type Done, isRingCommand, type Put } from './messages.ts'
import { isMember } from './neighbours.ts'
import { hold, owns, takesPairs } from './pairs.ts'
import { placePairs } from './placement.ts'
import { ask } from './requests.ts'
import type { Asker, ChordContext, ChordState, LookupPurpose, Placement } from './state.ts'

/** What clients ask. Any member finds the owner of a key and passes the request on to it. */
export function onClientRequest(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  from: string,
  { client, serial, command }: ClientRequest,
): void {
  const asker = { client, from, serial }
  if (isRingCommand(command)) {
    if (command.node !== state.self.node) answer(ctx, asker, 'busy')
    else if (command.action === 'join') onJoinRequest(chord, state, ctx, asker)
    else onLeaveRequest(chord, state, ctx, asker)
    return
  }
  if (!isMember(state)) {
    answer(ctx, asker, 'busy')
    return
  }
  const { key } = command
  const target = chord.identify(key)
  if (command.action === 'get') beginLookup(chord, state, ctx, target, { type: 'get', asker, key })
  else {
    const pair = { key, place: target, value: command.value, version: serial }
    beginLookup(chord, state, ctx, target, { type: 'put', asker, pair })
  }
}

/** The owner was found: it is asked, be it this node itself. */
export function passOn(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  purpose: Extract<LookupPurpose, { readonly type: 'put' | 'get' }>,
  owner: Peer,
): void {
  const { asker } = purpose
  ask(
    state,
    ctx,
    chord.options,
    owner,
    (request) =>
      purpose.type === 'put'
        ? { type: 'Put', request, pair: purpose.pair }
        : { type: 'Get', request, key: purpose.key, place: chord.identify(purpose.key) },
    { type: purpose.type, ...asker },
  )
}

/** What the owner said goes to the client. */
export function onDone(ctx: ChordContext, asker: Asker, { status, pair }: Done): void {
  const found = pair === null ? null : { value: pair.value, version: pair.version }
  answer(ctx, asker, status === 'ok' ? 'ok' : 'busy', found)
}

/** A write at its owner: it counts once as many nodes as there are to be copies have it on their disks. */
export function onPut(chord: Chord, state: ChordState, ctx: ChordContext, from: string, { request, pair }: Put): void {
  const { self, successors, copies } = state
  const holders = chord.rules.holders([self, ...successors], copies)
  const enough = successors.length >= copies - 1
  if (!takesPairs(state) || !owns(state, pair.place) || !enough) {
    ctx.send(from, { type: 'Done', request, status: 'unavailable', pair: null })
    return
  }
  hold(chord, state, ctx, [pair])
  chord.rules.makeDurable(state, ctx)
  placePairs(chord, state, ctx, [pair], holders.slice(1), { type: 'put', from, request })
}

export function onPutPlaced(ctx: ChordContext, { purpose }: Placement, placed: boolean): void {
  if (purpose.type !== 'put') return
  const status = placed ? 'ok' : 'unavailable'
  ctx.send(purpose.from, { type: 'Done', request: purpose.request, status, pair: null })
}
