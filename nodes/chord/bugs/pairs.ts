import type { ChordBug } from './bug.ts'

/** Which pairs lie where, and what becomes of them. */
export const pairBugs: readonly ChordBug[] = [
  {
    id: 'CH08',
    about: 'as published at first: a pair lies with its owner alone, and is lost with it',
    violates: 'acknowledged pairs lie where they belong',
    rarity: 'common',
    rules: { holders: (following) => following.slice(0, 1) },
  },
  {
    id: 'CH09',
    about: 'a node says that it holds pairs which are only in its page cache',
    violates: 'acknowledged pairs lie where they belong',
    rarity: 'rare',
    rules: { makeDurable: () => undefined },
  },
  {
    id: 'CH10',
    about: 'a node leaves without handing over what it holds',
    violates: 'acknowledged pairs lie where they belong',
    rarity: 'rare',
    rules: { mayGo: () => true },
  },
  {
    id: 'CH11',
    about: 'a node drops pairs that belong to others as soon as it has offered them, before these have them',
    violates: 'acknowledged pairs lie where they belong',
    rarity: 'rare',
    rules: {
      isPlaced: (_state, { purpose, waiting }) => {
        return waiting.size === 0 || (purpose.type === 'maintain' && !purpose.keep)
      },
    },
  },
  {
    id: 'CH12',
    about:
      'a node that is about to drop a pair still counts as a holder, so that two may drop it because of each other',
    violates: 'acknowledged pairs lie where they belong',
    rarity: 'very rare',
    rules: { countsWhileGoing: () => true },
  },
  {
    id: 'CH13',
    about: 'of two versions of a pair the one that came last is kept',
    violates: 'acknowledged pairs lie where they belong',
    rarity: 'common',
    rules: { isNewer: (version, held) => version !== held?.version },
  },
]
