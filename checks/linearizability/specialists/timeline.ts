/** An operation at a moment; of those at the same moment, the one with the lower rank comes first. */
export interface Placed {
  readonly operation: number
  readonly moment: number
  readonly rank: number
}

/** Operations that by themselves have no order, or places in time for all that took effect. */
export type Finding = { readonly conflict: readonly number[] } | { readonly placed: readonly Placed[] }

/** The operations in the order of their moments, and at one moment in the order of their ranks. */
export function inOrderOfMoments(placed: readonly Placed[]): number[] {
  return [...placed]
    .sort((left, right) => left.moment - right.moment || left.rank - right.rank)
    .map(({ operation }) => operation)
}
