import type { Machine, NodeId } from '../../sim/machine.ts'
import { bugRules } from './bugs/index.ts'
import { type Chord, type ChordOptions, defaultChordOptions, type Rules } from './chord.ts'
import { fixFingers } from './fingers.ts'
import { sha1Identifier } from './hash.ts'
import { type Identify, MAX_BITS, powerOfTwo } from './identifiers.ts'
import { takePlace, tryToJoin } from './joining.ts'
import { handOver, mayGo, onGoodbye } from './leaving.ts'
import { nextHop } from './lookup.ts'
import { maintain } from './maintenance.ts'
import type { ChordMessage } from './messages.ts'
import { beginJoin, isMember, reconciled } from './neighbours.ts'
import { dealWithOutcomes } from './outcomes.ts'
import { isNewer, makeDurable, onCompare, onFetch, onStore } from './pairs.ts'
import { holders, isPlaced } from './placement.ts'
import { onGet } from './reading.ts'
import { onReply, onSilence } from './replies.ts'
import { retry } from './requests.ts'
import { reunite } from './reunite.ts'
import { onClientRequest, onPut } from './service.ts'
import { consider, onNotify, rectify, stabilize } from './stabilize.ts'
import { startNode } from './start.ts'
import type { ChordContext, ChordState, ChordTimer } from './state.ts'

const correctRules: Rules = {
  takePlace,
  reconciled,
  consider,
  rectify,
  isMember: ({ member }) => member,
  comeBack: beginJoin,
  reunites: () => true,
  makeDurable,
  holders,
  isPlaced,
  countsWhileGoing: () => false,
  mayGo,
  isNewer,
}

export interface ChordConfiguration extends Partial<ChordOptions> {
  /** The members that the ring began with, the same at every node: also whom a node asks that is to join. */
  readonly members: readonly NodeId[]
  /** m in the papers: the ring has 2^bits places. 32 unless given, and at most. */
  readonly bits?: number
  /** Places nodes by their names, and keys. */
  readonly identify?: Identify
  /** A planted bug, by id: see the folder of bugs. */
  readonly bug?: string | undefined
}

/**
 * A node of a distributed hash table after Stoica, Morris, Liben-Nowell, Karger, Kaashoek, Dabek and Balakrishnan,
 * "Chord: a scalable peer-to-peer lookup protocol for internet applications" (2003), whose ring mends itself as in
 * Zave, "Reasoning about identifier spaces: how to make Chord correct" (2017). Its disk is set up by `formatNode`; a
 * node with an empty one joins. One with a damaged journal exits.
 */
export function chordNode(configuration: ChordConfiguration): Machine<ChordState, ChordMessage, ChordTimer> {
  const { members, bits = MAX_BITS, identify = sha1Identifier(bits), bug, ...options } = configuration
  const chord: Chord = {
    members,
    identify,
    bits,
    size: powerOfTwo(bits),
    options: { ...defaultChordOptions, ...options },
    rules: { ...correctRules, ...bugRules(bug) },
  }
  return {
    start: (ctx) => startNode(chord, ctx),
    onMessage: (state, ctx, from, message) => {
      onMessage(chord, state, ctx, from, message)
      dealWithOutcomes(chord, state, ctx)
    },
    onTimer: (state, ctx, timer) => {
      onTimer(chord, state, ctx, timer)
      dealWithOutcomes(chord, state, ctx)
    },
  }
}

function onTimer(chord: Chord, state: ChordState, ctx: ChordContext, timer: ChordTimer): void {
  switch (timer) {
    case 'stabilize':
      stabilize(chord, state, ctx)
      break
    case 'fix fingers':
      fixFingers(chord, state, ctx)
      break
    case 'reunite':
      reunite(chord, state, ctx)
      break
    case 'maintain':
      maintain(chord, state, ctx)
      break
    case 'join':
      tryToJoin(chord, state, ctx)
      break
    case 'leave':
      handOver(chord, state, ctx)
      break
    default: {
      const silent = retry(state, ctx, chord.options, timer)
      if (silent !== undefined) onSilence(chord, state, ctx, silent)
    }
  }
}

function onMessage(chord: Chord, state: ChordState, ctx: ChordContext, from: NodeId, message: ChordMessage): void {
  switch (message.type) {
    case 'AskNeighbours': {
      const { predecessor, successors } = state
      const { request } = message
      ctx.send(from, { type: 'Neighbours', request, member: isMember(state), predecessor, successors })
      break
    }
    case 'AskHop': {
      const { request, target } = message
      ctx.send(from, { type: 'Hop', request, member: isMember(state), ...nextHop(chord, state, target) })
      break
    }
    case 'Notify':
      onNotify(chord, state, ctx, message.peer)
      break
    case 'Goodbye':
      onGoodbye(chord, state, ctx, from, message)
      break
    default:
      onPairMessage(chord, state, ctx, from, message)
  }
}

type PairMessage = Exclude<ChordMessage, { readonly type: 'AskNeighbours' | 'AskHop' | 'Notify' | 'Goodbye' }>

function onPairMessage(chord: Chord, state: ChordState, ctx: ChordContext, from: NodeId, message: PairMessage): void {
  switch (message.type) {
    case 'Store':
      onStore(chord, state, ctx, from, message)
      break
    case 'Compare':
      onCompare(chord, state, ctx, from, message)
      break
    case 'Fetch':
      onFetch(state, ctx, from, message)
      break
    case 'Put':
      onPut(chord, state, ctx, from, message)
      break
    case 'Get':
      onGet(chord, state, ctx, from, message)
      break
    case 'ClientRequest':
      onClientRequest(chord, state, ctx, from, message)
      break
    case 'ClientReply':
      break
    default:
      onReply(chord, state, ctx, from, message)
  }
}
