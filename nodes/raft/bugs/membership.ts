import type { RaftBug } from './bug.ts'

/** Which servers make up the cluster. */
export const membershipBugs: readonly RaftBug[] = [
  {
    id: 'R31',
    about: 'a new leader changes the cluster before it has committed an entry of its own term',
    violates: 'state machine safety',
    rarity: 'very rare',
    rules: { mayChangeConfiguration: ({ commitIndex, configuration }) => commitIndex >= configuration.index },
  },
]
