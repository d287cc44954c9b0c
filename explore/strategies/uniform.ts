import type { Aim } from '../draft.ts'
import { Draft } from '../draft.ts'
import { DRAW } from '../draw-faults.ts'
import type { Strategy } from './strategy.ts'
import { offeredKinds } from './swarm.ts'

const AIM: Aim = { gathered: 0, favourites: false, intensities: [1] }
/** As many entries on average as a swarm draws. */
const MOST_ENTRIES = 82

/**
 * The baseline that every other strategy is measured against: the same kinds, as many faults and the same workload,
 * but each fault of any kind, at any time, at any node, all equally likely.
 */
export const uniform: Strategy = {
  about: 'any fault, any time, any node, all equally likely: the baseline',
  faults: (random, subject) => {
    const kinds = offeredKinds(subject)
    const draft = new Draft(random, subject, new Set(kinds), AIM)
    const count = random.integer(0, MOST_ENTRIES)
    for (let entry = 0; entry < count; entry++) DRAW[random.pick(kinds)](draft)
    return draft.entries
  },
}
