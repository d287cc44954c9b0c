import { lastIndex } from '../log.ts'
import type { RaftBug } from './bug.ts'

/** Who may lead, and who decides that. */
export const electionBugs: readonly RaftBug[] = [
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
]
