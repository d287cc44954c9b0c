import type { FaultKind } from '../../sim/faults.ts'
import { Draft, sample, toMicros } from '../draft.ts'
import { anyFaults, type Blow, BLOWS } from './blows.ts'
import type { Strategy } from './strategy.ts'
import { offeredKinds, swarm } from './swarm.ts'

/** How long a blow lasts: about as long as others need to take over, or several times that. */
const BLOW_MS = [400, 800, 1_200, 1_800] as const
/** And the peace after it, in which all is well and clients are served. */
const PEACE_MS = [300, 600, 1_000] as const
/** How often some other fault falls beside a blow. */
const BESIDE = 0.5
/** What nothing heals, as its node must stay away: it belongs to no cycle. */
const PAST_HEALING: ReadonlySet<FaultKind> = new Set(['bit-rot', 'lost-sync', 'misdirected-write'])

/**
 * Blows and peace in turn, as long as the storm lasts. Other strategies break a run in a place or two, and simulation
 * has thousands of runs; one that costs seconds of real time is to be broken as often as it can recover.
 */
export const cycles: Strategy = {
  about: 'blows that kill, pause and cut, each healed before the next: for real processes, whose runs are few',
  faults: (random, subject) => {
    const kinds = offeredKinds(subject).filter((kind) => !PAST_HEALING.has(kind))
    if (kinds.length === 0) return swarm.faults(random, subject)
    const draft = new Draft(random, subject, new Set(kinds), { gathered: 0, favourites: false, intensities: [1] })
    const blows = BLOWS.filter(({ needs }) => needs.every((kind) => kinds.includes(kind)))
    const peaceMs = random.pick(PEACE_MS)
    // All of them come before one comes again.
    let left: Blow[] = []
    let fromMs = toMicros(peaceMs * random.float())
    while (fromMs < subject.calmAtMs) {
      if (left.length === 0) left = sample(random, blows, blows.length)
      const blow = left.pop()!
      const lastsMs = Math.max(random.pick(BLOW_MS) * (0.7 + 0.6 * random.float()), blow.leastMs ?? 0)
      const untilMs = toMicros(Math.min(fromMs + lastsMs, subject.calmAtMs))
      const span = { fromMs, untilMs, isLast: untilMs >= subject.calmAtMs }
      draft.entries.push(...blow.faults({ draft, random, kinds, span }))
      if (random.chance(BESIDE)) draft.entries.push(...anyFaults({ draft, random, kinds, span }))
      fromMs = toMicros(untilMs + peaceMs * (0.7 + 0.6 * random.float()))
    }
    return draft.entries
  },
}
