import type { Millis, NodeId } from '../../sim/machine.ts'
import type { Identify, Peer } from './identifiers.ts'
import type { Neighbours, Pair } from './messages.ts'
import type { Patience } from './requests.ts'
import type { ChordContext, ChordState, Placement } from './state.ts'

export interface ChordOptions extends Patience {
  /** How many successors a node keeps: r in the papers. */
  readonly redundancy: number
  /** How many nodes hold a pair: its owner and those that follow; at most `redundancy`, for a lookup tells of no more. */
  readonly copies: number
  readonly stabilizeMs: Millis
  readonly fixFingersMs: Millis
  /** How often a node looks for itself by way of another, so that rings that came apart find together again. */
  readonly reuniteMs: Millis
  readonly maintainMs: Millis
  /** How often a node that joins tries. */
  readonly joinMs: Millis
  /** How many others it asks at a time. */
  readonly contactsPerTry: number
  /** A node that has asked all it knows, and heard of no member for so long, begins a ring of its own. */
  readonly foundAfterMs: Millis
  /** A node that cannot hand over what it holds within this time stays. */
  readonly leaveWithinMs: Millis
  /** Others that a node remembers, to find the ring again. */
  readonly maxKnown: number
  /** A message has at most so many pairs. */
  readonly pairsPerMessage: number
  /** The journal is written anew when it has grown by so many bytes. */
  readonly compactAfterBytes: number
}

export const defaultChordOptions: ChordOptions = {
  redundancy: 3,
  copies: 3,
  attempts: 4,
  timeoutMs: 100,
  stabilizeMs: 250,
  fixFingersMs: 200,
  reuniteMs: 500,
  maintainMs: 250,
  joinMs: 300,
  contactsPerTry: 3,
  foundAfterMs: 1_500,
  leaveWithinMs: 2_000,
  maxKnown: 32,
  pairsPerMessage: 32,
  compactAfterBytes: 65_536,
}

/**
 * The rules on which the ring and its pairs hang, each by itself, so that a planted bug is one other rule. The right
 * ones stand beside the code that they govern.
 */
export interface Rules {
  /** What a joiner begins with, where it found its place behind a member with these successors. */
  readonly takePlace: (state: ChordState, behind: Peer, successors: readonly Peer[]) => void
  /** The successors of a node that heard of its successor's own. */
  readonly reconciled: (state: ChordState, successor: Peer, itsSuccessors: readonly Peer[]) => readonly Peer[]
  /** What a node does with one that may lie between it and its successor. */
  readonly consider: (chord: Chord, state: ChordState, ctx: ChordContext, candidate: Peer, reunites: boolean) => void
  /** What a node does that is told by another one that it takes itself for its predecessor. */
  readonly rectify: (chord: Chord, state: ChordState, ctx: ChordContext, notifier: Peer) => void
  /** Whether the answer tells of a node in the ring. */
  readonly isMember: (answer: Neighbours) => boolean
  /** How a member comes back after a crash, given whom it last knew. */
  readonly comeBack: (chord: Chord, state: ChordState, ctx: ChordContext) => void
  /** Whether rings that came apart are looked for. */
  readonly reunites: () => boolean
  /** Makes pairs durable that the node is about to say it holds. */
  readonly makeDurable: (state: ChordState, ctx: ChordContext) => void
  /** Which of those that follow a place are to hold its pairs, the owner first. */
  readonly holders: (following: readonly Peer[], copies: number) => readonly Peer[]
  /** True where as many hold the pairs as must. */
  readonly isPlaced: (state: ChordState, placement: Placement) => boolean
  /** Whether a pair that is about to be dropped still counts as held. */
  readonly countsWhileGoing: () => boolean
  /** Whether a leaver may go now. */
  readonly mayGo: (state: ChordState, pairsLeft: number) => boolean
  /** Which of two versions of a pair is kept. */
  readonly isNewer: (version: number, held: Pair | undefined) => boolean
}

/** What a node is made with: known before it starts, the same for all its life. */
export interface Chord {
  /** The members that the ring began with. */
  readonly members: readonly NodeId[]
  readonly identify: Identify
  readonly bits: number
  /** 2^bits. */
  readonly size: number
  readonly options: ChordOptions
  readonly rules: Rules
}
