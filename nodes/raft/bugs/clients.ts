import type { RaftBug } from './bug.ts'

/** What clients are told, and how often their commands are executed. */
export const clientBugs: readonly RaftBug[] = [
  {
    id: 'R19',
    about: 'repeated commands are recognised when proposed, not when applied',
    violates: 'linearizability',
    rarity: 'common',
    rules: { isRepeat: () => false },
  },
  {
    id: 'R20',
    about: 'a client is answered when an entry is applied at its index, whosever entry that is',
    violates: 'linearizability',
    rarity: 'rare',
    rules: { isAnswerFor: () => true },
  },
  {
    id: 'R21',
    about: 'a new leader serves reads before it has committed an entry of its own term',
    violates: 'linearizability',
    rarity: 'rare',
    rules: { readIndex: (state) => state.commitIndex },
  },
  {
    id: 'R23',
    about: 'a leader serves reads without asking whether it still is the leader',
    violates: 'linearizability',
    rarity: 'common',
    rules: { readRound: () => 0 },
  },
]
