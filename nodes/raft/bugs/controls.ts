import { syncJournal } from '../../storage/journal.ts'
import { lastIndex } from '../log.ts'
import { persistThenSend, recordEntries, recordTerm } from '../persistence.ts'
import type { Rules } from '../raft.ts'
import { sendAgain } from '../replication.ts'
import { electionBugs } from './elections.ts'

/** A variant that looks like a bug and is none. */
export interface RaftControl {
  readonly id: string
  readonly about: string
  /** How many servers it is harmless in; in any number where it is left out. */
  readonly nodes?: number
  readonly rules: Partial<Rules>
}

export const raftControls: readonly RaftControl[] = [
  {
    id: 'C1',
    about: 'term and vote are written one after the other: harmless, as the voter answers after both',
    rules: {
      answerVote: (state, ctx, to, reply) => {
        recordTerm(state, ctx.disk)
        syncJournal(state.journal, ctx.disk)
        state.votedFor = to
        persistThenSend(state, ctx, to, reply)
      },
    },
  },
  {
    id: 'C2',
    about: 'a late reply lowers what the leader knows of a follower: harmless, as what is committed stays so',
    rules: {
      matchIndexAfter: (knownIndex, toldIndex, follower) => {
        // Else the follower would wait for ever to be told what is committed of what it has.
        if (toldIndex < knownIndex) {
          follower.nextIndex = toldIndex + 1
          sendAgain(follower)
        }
        return toldIndex
      },
    },
  },
  {
    id: 'C3',
    about: 'a leader ignores a later term in the answer to a heartbeat: harmless, as any other answer deposes it',
    rules: { heedsTerm: ({ prevLogIndex }, log) => prevLogIndex < lastIndex(log) },
  },
  {
    id: 'C4',
    about: 'a leader sends an entry before it writes it: harmless, as it counts itself once its own write is durable',
    rules: {
      writeOwnEntry: (state, disk, index, entry, replicate) => {
        replicate()
        recordEntries(state, disk, index, [entry])
      },
    },
  },
  {
    id: 'C5',
    about: 'a vote that comes twice counts twice: harmless among three, where one vote beside its own elects anyway',
    nodes: 3,
    rules: electionBugs.find(({ id }) => id === 'R04')!.rules,
  },
]
