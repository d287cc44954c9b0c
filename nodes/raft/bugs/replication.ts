import { syncJournal } from '../../storage/journal.ts'
import { lastIndex, termAt } from '../log.ts'
import { recordTerm } from '../persistence.ts'
import type { RaftBug } from './bug.ts'

/** What a follower holds, and what the leader may conclude from that. */
export const replicationBugs: readonly RaftBug[] = [
  {
    id: 'R06',
    about: 'a leader commits entries of earlier terms by counting who holds them',
    violates: 'state machine safety',
    rarity: 'very rare',
    rules: { committedUpTo: (_log, _term, commitIndex, heldByMajority) => Math.max(commitIndex, heldByMajority) },
  },
  {
    id: 'R07',
    about: 'a leader stops at the first uncommitted entry of an earlier term, and commits nothing behind it',
    violates: 'clients are served in the calm',
    rarity: 'common',
    rules: {
      committedUpTo: (log, term, commitIndex, heldByMajority) => {
        let committed = commitIndex
        while (committed < heldByMajority && termAt(log, committed + 1) === term) committed++
        return committed
      },
    },
  },
  {
    id: 'R09',
    about: 'a follower acknowledges its whole log, also what lies behind the entries that the leader sent',
    violates: 'state machine safety',
    rarity: 'very rare',
    rules: { acknowledgedIndex: (log) => lastIndex(log) },
  },
  {
    id: 'R10',
    about: 'a leader takes its guess of where a refusing follower agrees with it for a certainty',
    violates: 'state machine safety',
    rarity: 'very rare',
    rules: {
      takeGuess: (follower, nextIndex) => {
        follower.nextIndex = nextIndex
        follower.matchIndex = nextIndex - 1
      },
    },
  },
  {
    id: 'R12',
    about: 'a leader takes a reply to a request of an earlier leadership of its own for one to this one',
    violates: 'state machine safety',
    rarity: 'very rare',
    rules: { isReplyToTerm: () => true },
  },
  {
    id: 'R15',
    about: 'a follower acknowledges entries before they are on its disk',
    violates: 'no acknowledged write is lost',
    rarity: 'rare',
    rules: {
      acknowledge: (state, ctx, to, reply) => {
        recordTerm(state, ctx.disk)
        ctx.send(to, reply)
        syncJournal(state.journal, ctx.disk)
      },
    },
  },
]
