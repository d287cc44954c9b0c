import { recordTerm } from '../persistence.ts'
import type { RaftBug } from './bug.ts'

/** What a follower holds, and what the leader may conclude from that. */
export const replicationBugs: readonly RaftBug[] = [
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
]
