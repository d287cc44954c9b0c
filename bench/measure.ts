import type { Figure } from '../reports/json.ts'

const ROUNDS = 5

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

/** Amount a second. */
export function rate(work: () => number): number
export function rate(work: () => Promise<number>): Promise<number>
export function rate(work: () => number | Promise<number>): number | Promise<number> {
  const startedMs = performance.now()
  const perSecond = (amount: number): number => amount / ((performance.now() - startedMs) / 1000)
  const amount = work()
  return typeof amount === 'number' ? perSecond(amount) : amount.then(perSecond)
}

/**
 * The simulator against a bare loop: rounds of both in turn, so that a machine that slows down slows both, and the
 * medians. The first round of each only warms up.
 */
export function against(
  name: string,
  unit: string,
  simulated: () => number,
  bare: () => number,
  rounds = ROUNDS,
): readonly Figure[] {
  rate(bare)
  rate(simulated)
  const pairs = Array.from({ length: rounds }, () => ({ bare: rate(bare), simulated: rate(simulated) }))
  const value = median(pairs.map((pair) => pair.simulated))
  const ratio = median(pairs.map((pair) => pair.simulated / pair.bare))
  return [
    { name, value, unit, ratio },
    { name: `${name}/bare`, value: ratio, unit: 'ratio' },
  ]
}
