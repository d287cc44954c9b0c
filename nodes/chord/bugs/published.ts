import { isBetween } from '../identifiers.ts'
import { setPredecessor, setSuccessors } from '../neighbours.ts'
import { notifySuccessor } from '../stabilize.ts'
import type { ChordBug } from './bug.ts'

/**
 * The ring as it was published (Stoica et al. 2001 and 2003), where Zave found it wrong ("Using lightweight modeling to
 * understand Chord", 2012; "Reasoning about identifier spaces", 2017).
 */
export const publishedBugs: readonly ChordBug[] = [
  {
    id: 'CH01',
    about: 'as published: a node joins with its successor alone, and is cut off when that one fails',
    violates: 'every member has a live successor',
    rarity: 'common',
    rules: {
      takePlace: (state, _behind, successors) => {
        state.predecessor = null
        state.successors = successors.slice(0, 1)
      },
    },
  },
  {
    id: 'CH02',
    about: 'as published: a node takes a nearer successor at its word, without asking whether it lives',
    violates: 'the ring becomes ideal',
    rarity: 'rare',
    rules: {
      consider: (chord, state, ctx, candidate) => {
        setSuccessors(chord, state, ctx, [candidate, ...state.successors])
        notifySuccessor(state, ctx)
      },
    },
  },
  {
    id: 'CH03',
    about: 'as published: a node keeps its predecessor until a nearer one comes, even when it is dead',
    violates: 'the ring becomes ideal',
    rarity: 'rare',
    rules: {
      rectify: (chord, state, _ctx, notifier) => {
        const { predecessor, self } = state
        if (predecessor === null || isBetween(predecessor.id, notifier.id, self.id)) {
          setPredecessor(chord, state, notifier)
        }
      },
    },
  },
  {
    id: 'CH04',
    about: 'as published at first: a node does not take over the list of its successor, so that its own grows stale',
    violates: 'the ring becomes ideal',
    rarity: 'common',
    rules: {
      reconciled: ({ successors }, successor, itsSuccessors) => {
        const own = successors.filter(({ node }) => node !== successor.node)
        return [successor, ...(own.length === 0 ? itsSuccessors : own)]
      },
    },
  },
  {
    id: 'CH05',
    about: 'as published: rings that a cut has parted stay apart when it is healed',
    violates: 'the ring becomes ideal',
    rarity: 'common',
    rules: { reunites: () => false },
  },
]
