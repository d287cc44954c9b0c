/** What nodes note at rare and fragile steps: a search draws faults near them. */
export const dhtMoments: readonly string[] = [
  'is joining',
  'is member',
  'is leaving',
  'is removed',
  'is gone',
  'ring changed',
  'has fetched what it keeps',
  'ring settled',
  'stands in',
  'recovered',
]
