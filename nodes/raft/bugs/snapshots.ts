import { lastIndex } from '../log.ts'
import type { RaftBug } from './bug.ts'

/** What a snapshot holds, what becomes of it where it is installed, and which sessions are dropped. */
export const snapshotBugs: readonly RaftBug[] = [
  {
    id: 'R17',
    about: 'a snapshot leaves out the sessions, so that who restores it executes a repeated command again',
    violates: 'linearizability',
    rarity: 'rare',
    rules: { sessionsInSnapshot: () => new Map() },
  },
  {
    id: 'R18',
    about: "sessions expire by each server's own clock",
    violates: 'state machine safety',
    rarity: 'very rare',
    rules: { sessionClockMs: (_entry, ctx) => ctx.wallClock },
  },
  {
    id: 'R26',
    about:
      "an installed snapshot leaves a log alone that is as long, whatever the term of the snapshot's last entry there",
    violates: 'liveness: the follower never catches up',
    rarity: 'very rare',
    rules: { goesOnBehind: (log, snapshotIndex) => lastIndex(log) >= snapshotIndex },
  },
  {
    id: 'R28',
    about: "an installed snapshot takes the server back to the term of the snapshot's last entry",
    violates: 'election safety',
    rarity: 'very rare',
    rules: { termAfterInstall: (_term, snapshotTerm) => snapshotTerm },
  },
  {
    id: 'R30',
    about: 'a snapshot is restored over the data that is there, so that deleted keys come back',
    violates: 'state machine safety',
    rarity: 'rare',
    rules: {
      restoredData: (own, found) => {
        for (const [key, value] of found as Map<unknown, unknown>) (own as Map<unknown, unknown>).set(key, value)
        return own
      },
    },
  },
]
