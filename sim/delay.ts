import { UNIT } from './mix.ts'

/**
 * Quantiles of the exponential distribution of mean 1, in thousandths, at (i + ½)/64. Committed as integers, since the
 * last bit of `Math.log` may differ between JavaScript engines.
 */
const EXPONENTIAL_QUANTILES = [
  8, 24, 40, 56, 73, 90, 107, 125, 143, 161, 179, 198, 217, 237, 257, 277, 298, 319, 341, 363, 386, 409, 433, 458, 483,
  508, 535, 562, 589, 618, 647, 678, 709, 741, 774, 809, 845, 882, 920, 960, 1002, 1045, 1091, 1138, 1188, 1241, 1297,
  1356, 1418, 1485, 1556, 1633, 1717, 1808, 1908, 2019, 2144, 2287, 2454, 2655, 2906, 3243, 3753, 4852,
]

/** A draw of the exponential distribution of mean 1, in 64 steps. */
export function exponential(drawn: number): number {
  return EXPONENTIAL_QUANTILES[drawn >>> 26]! / 1000
}

/** A draw of the Pareto distribution of shape 2 and minimum 1: `sqrt` and division are exact everywhere. */
export function longTailed(drawn: number): number {
  return 1 / Math.sqrt((drawn + 1) * UNIT)
}
