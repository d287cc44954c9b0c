import type { Millis } from './machine.ts'
import { draw, mix, mixText, UNIT, within } from './mix.ts'
import type { SimulatedNode } from './node.ts'

const BUGGIFY_SITE_ACTIVE = 0.25
const BUGGIFY_FIRES = 0.05

/** Whether a rare path is taken: each site is active in some runs, and then fires now and then. */
export function buggifies(seed: number, node: SimulatedNode, label: string): boolean {
  const site = mixText(seed, label)
  if (draw(site, 0) * UNIT >= BUGGIFY_SITE_ACTIVE) return false
  return draw(mix(mix(site, node.luck), node.buggifyCount++), 1) * UNIT < BUGGIFY_FIRES
}

/** How long the next sync of a node takes, in microseconds. */
export function syncLatencyUs(node: SimulatedNode, rangeMs: readonly [min: Millis, max: Millis]): number {
  const drawn = draw(mix(node.luck, node.syncCount++), 3)
  return within(drawn, Math.round(rangeMs[0] * 1000), Math.round(rangeMs[1] * 1000)) + node.slowSyncByUs
}
