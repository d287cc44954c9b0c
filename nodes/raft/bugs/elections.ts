import { countVote, makeOwnVoteDurable, requestVotes } from '../election.ts'
import { lastIndex } from '../log.ts'
import { recordTerm } from '../persistence.ts'
import type { RaftBug } from './bug.ts'

/** Who may lead, and who decides that. */
export const electionBugs: readonly RaftBug[] = [
  {
    id: 'R01',
    about: 'a vote is told while it is only in the page cache, so that a voter forgets it when the power fails',
    violates: 'election safety',
    rarity: 'rare',
    rules: {
      answerVote: (state, ctx, to, reply) => {
        state.votedFor = to
        recordTerm(state, ctx.disk)
        ctx.send(to, reply)
      },
    },
  },
  {
    id: 'R02',
    about:
      'a candidate asks for votes, and counts its own, before that is on its disk, and may vote again after a crash',
    violates: 'election safety',
    rarity: 'very rare',
    rules: {
      campaign: (raft, state, ctx) => {
        requestVotes(raft, state, ctx)
        makeOwnVoteDurable(state, ctx)
        countVote(raft, state, ctx, ctx.self)
      },
    },
  },
  {
    id: 'R04',
    about: 'a vote that comes twice counts twice',
    violates: 'election safety',
    rarity: 'rare',
    rules: { tally: (votes) => votes.length },
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
    id: 'R24',
    about: 'a leader goes on without a quorum, and who hears it elects no other',
    violates: 'clients are served in the calm',
    rarity: 'rare',
    rules: { hasQuorum: () => true },
  },
]
