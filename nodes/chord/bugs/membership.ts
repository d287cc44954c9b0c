import { following, inOrder } from '../neighbours.ts'
import type { ChordBug } from './bug.ts'

/** Who counts as a member, and when. */
export const membershipBugs: readonly ChordBug[] = [
  {
    id: 'CH06',
    about: 'whoever answers counts as a member, also one that has left or does not know its place yet',
    violates: 'every member has a live successor',
    rarity: 'common',
    rules: { isMember: () => true },
  },
  {
    id: 'CH07',
    about: 'a node that crashed goes on with the neighbours it had, and skips who joined meanwhile',
    violates: 'enough members are skipped by none',
    rarity: 'rare',
    rules: {
      comeBack: (chord, state) => {
        state.phase = 'member'
        state.successors = inOrder(state, chord, following(chord, state, state.known))
      },
    },
  },
]
