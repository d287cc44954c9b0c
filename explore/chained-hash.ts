/**
 * One 64-bit hash out of the hashes of consecutive runs: the polynomial h₁·Fⁿ⁻¹ + h₂·Fⁿ⁻² + … + hₙ modulo 2^64
 * (Rabin and Karp's rolling hash, over run hashes instead of letters). Order counts, the hash of one run is its own, and
 * the hash of a sweep follows from the hashes and lengths of its parts, however it was cut into them.
 */

/** The multiplier of Knuth's MMIX generator: odd, so that no hash is lost, and of the longest period there is. */
const FACTOR = 6_364_136_223_846_793_005n

/** The hash of no runs. */
export const NO_RUNS = '0000000000000000'

/**
 * The hash of runs followed by others.
 *
 * @param before 16 hex digits, as are `after` and the result
 * @param afterRuns how many runs `after` stands for
 */
export function chainHashes(before: string, after: string, afterRuns: number): string {
  const chained = BigInt.asUintN(64, BigInt(`0x${before}`) * power(FACTOR, afterRuns) + BigInt(`0x${after}`))
  return chained.toString(16).padStart(16, '0')
}

/** By squaring, modulo 2^64. */
function power(base: bigint, exponent: number): bigint {
  let result = 1n
  let square = base
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = BigInt.asUintN(64, result * square)
    square = BigInt.asUintN(64, square * square)
  }
  return result
}
