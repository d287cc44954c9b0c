import { lastIndex } from './log.ts'
import { recordTerm } from './persistence.ts'
import type { Rules } from './raft.ts'

/** A real bug of the literature, as one other rule. What it needs to show, and how rare that is, is an estimate. */
export interface RaftBug {
  readonly id: string
  readonly about: string
  readonly violates: string
  readonly rarity: 'common' | 'rare' | 'very rare'
  readonly rules: Partial<Rules>
}

export const raftBugs: readonly RaftBug[] = [
  {
    id: 'R01',
    about: 'a vote is granted, and neither it nor its term is written down, so that a voter forgets both in a crash',
    violates: 'election safety',
    rarity: 'rare',
    rules: {
      answerVote: (state, ctx, to, reply) => {
        state.votedFor = to
        state.recorded = { term: state.term, votedFor: to }
        ctx.send(to, reply)
      },
    },
  },
  {
    id: 'R05',
    about: 'a log counts as up to date when it is as long, whatever the term of its last entry',
    violates: 'leader completeness',
    rarity: 'rare',
    rules: { isUpToDate: (_lastLogTerm, lastLogIndex, log) => lastLogIndex >= lastIndex(log) },
  },
  {
    id: 'R14',
    about: 'half of the servers count as a majority',
    violates: 'election safety',
    rarity: 'common',
    rules: { majority: (servers) => Math.floor(servers / 2) },
  },
  {
    id: 'R15',
    about: 'a follower acknowledges entries and leaves them to the page cache',
    violates: 'no acknowledged write is lost',
    rarity: 'rare',
    rules: {
      acknowledge: (state, ctx, to, reply) => {
        recordTerm(state, ctx.disk)
        ctx.send(to, reply)
      },
    },
  },
  {
    id: 'R19',
    about: 'repeated commands are recognised when proposed, not when applied',
    violates: 'linearizability',
    rarity: 'common',
    rules: { isRepeat: () => false },
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

/** The rules that the bug changes; none without a bug or with one of another system. */
export function bugRules(id: string | undefined): Partial<Rules> {
  return raftBugs.find((bug) => bug.id === id)?.rules ?? {}
}
