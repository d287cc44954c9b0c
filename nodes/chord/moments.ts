/** What nodes note at rare and fragile steps: a search draws faults near them. */
export const chordMoments: readonly string[] = [
  'joined',
  'recovered',
  'peer dropped',
  'lost',
  'leaving',
  'left',
  'rings reunited',
  'ring founded',
]
