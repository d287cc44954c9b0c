/** What servers note at rare and fragile steps: a search draws faults near them. */
export const raftMoments: readonly string[] = [
  'became pre-candidate',
  'became candidate',
  'became leader',
  'voted',
  'became follower',
  'log conflict',
  'stepped down without a quorum',
  'recovered',
  'snapshot taken',
  'snapshot sent',
  'installing snapshot',
  'snapshot installed',
  'session expired',
]
