/** An operation at a moment; of those at the same moment, the one with the lower rank comes first. */
export interface Placed {
  readonly operation: number
  readonly moment: number
  readonly rank: number
}

/** The operations in the order of their moments, and at one moment in the order of their ranks. */
export function inOrderOfMoments(placed: readonly Placed[]): number[] {
  return [...placed]
    .sort((left, right) => left.moment - right.moment || left.rank - right.rank)
    .map(({ operation }) => operation)
}
