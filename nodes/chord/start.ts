import type { Chord } from './chord.ts'
import type { Peer } from './identifiers.ts'
import type { Pair } from './messages.ts'
import { beginJoin, following, inOrder } from './neighbours.ts'
import { persistMembership, recoverNode, type Recovered } from './persistence.ts'
import type { ChordContext, ChordState } from './state.ts'

/** The request numbers of one incarnation do not meet those of another. */
const REQUESTS_PER_INCARNATION = 1_048_576

export function startNode(chord: Chord, ctx: ChordContext): ChordState {
  const recovered = recoverNode(ctx.disk, ctx.self)
  if (typeof recovered === 'string') {
    ctx.note('must not run', { why: recovered })
    ctx.exit(recovered)
    const journal = { path: '', length: 0, syncedLength: 0 }
    return emptyState(chord, ctx, { journal, role: 'outside', known: [], pairs: new Map() })
  }
  const state = emptyState(chord, ctx, recovered)
  const { stabilizeMs, fixFingersMs, reuniteMs, maintainMs } = chord.options
  ctx.setTimer('stabilize', [0, stabilizeMs])
  ctx.setTimer('fix fingers', [0, fixFingersMs])
  ctx.setTimer('reunite', [0, reuniteMs])
  ctx.setTimer('maintain', [0, maintainMs])
  if (recovered.role === 'first') beginAsFirst(chord, state, ctx)
  else if (recovered.role === 'member') {
    ctx.note('recovered', { pairs: state.pairs.size })
    chord.rules.comeBack(chord, state, ctx)
  } else if (recovered.role === 'new') beginJoin(chord, state, ctx)
  return state
}

/**
 * The ring begins whole, with more members than a node has successors: from fewer, joins at the same time can leave
 * nodes that nobody reaches (Zave 2017, section 5).
 */
function beginAsFirst(chord: Chord, state: ChordState, ctx: ChordContext): void {
  const others = following(
    chord,
    state,
    chord.members.map((node) => ({ node, id: chord.identify(node) })),
  )
  state.phase = 'member'
  state.predecessor = others.at(-1) ?? null
  state.successors = inOrder(state, chord, others)
  state.known = others.slice(0, chord.options.maxKnown)
  persistMembership(state, ctx, true)
}

function emptyState(chord: Chord, ctx: ChordContext, { journal, role, known, pairs }: Recovered): ChordState {
  const { redundancy, copies } = chord.options
  return {
    self: { node: ctx.self, id: chord.identify(ctx.self) },
    redundancy,
    copies,
    phase: 'outside',
    predecessor: null,
    successors: [],
    fingers: new Array<Peer | null>(chord.bits).fill(null),
    nextFinger: 0,
    known: known.map((node) => ({ node, id: chord.identify(node) })),
    nextRequest: ctx.random.named('requests').integer(0, 0xffffffff) * REQUESTS_PER_INCARNATION,
    pending: new Map(),
    lookups: new Map(),
    placements: new Map(),
    readings: new Map(),
    outcomes: [],
    pairs: new Map([...pairs.values()].map((pair): [string, Pair] => [pair.key, placed(chord, pair)])),
    going: new Set(),
    cursor: 0,
    maintaining: false,
    asker: null,
    tried: 0,
    sinceMs: 0,
    placed: new Set(),
    journal,
    recordedMember: role === 'member',
    compactedBytes: 0,
    counts: {
      joined: 0,
      founded: 0,
      left: 0,
      reunited: 0,
      handedOver: 0,
      dropped: 0,
      lookups: 0,
      lastHops: 0,
    },
    lastDropped: null,
  }
}

function placed({ identify }: Chord, { key, value, version }: Omit<Pair, 'place'>): Pair {
  return { key, place: identify(key), value, version }
}
