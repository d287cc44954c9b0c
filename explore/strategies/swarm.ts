import { FAULT_KINDS, type FaultKind } from '../../sim/faults.ts'
import type { Random } from '../../sim/machine.ts'
import { type Aim, Draft, type PlanSubject } from '../draft.ts'
import { DRAW } from '../draw-faults.ts'
import type { Strategy } from './strategy.ts'

/** A run with no fault at all, now and then, shows what is wrong without any. */
const NO_FAULTS = 0.03
/** The share of kinds a run draws: few kinds show what many would mask, many show what none does alone. */
const KIND_SHARES = [0.1, 0.25, 0.5, 0.8] as const
const AIM: Aim = { gathered: 0.6, favourites: true, intensities: [2, 4, 8, 12] }

/** Kinds that may be drawn: all, those of the menu, or those that were asked for. */
export function offeredKinds(subject: PlanSubject): readonly (typeof FAULT_KINDS)[number][] {
  const offered: readonly FaultKind[] = subject.nemesis ?? subject.menu.kinds ?? FAULT_KINDS
  return FAULT_KINDS.filter((kind) => offered.includes(kind))
}

/** A draft with some of the kinds that are offered, each with some entries; undefined for a run without faults. */
export function drawSwarm(random: Random, subject: PlanSubject, aim: Aim = AIM): Draft | undefined {
  const offered = offeredKinds(subject)
  const share = random.pick(KIND_SHARES)
  const drawn = FAULT_KINDS.filter((kind) => random.chance(share) && offered.includes(kind))
  if (random.chance(NO_FAULTS) && subject.nemesis === undefined) return undefined
  const kinds = drawn.length > 0 ? drawn : [random.pick(offered)]
  const draft = new Draft(random, subject, new Set(kinds), aim)
  for (const kind of kinds) {
    const count = random.integer(1, draft.intensity)
    for (let entry = 0; entry < count; entry++) DRAW[kind](draft)
  }
  return draft
}

/**
 * Each run has its own subset of kinds and its own intensity, as kinds mask each other (swarm testing: Groce, Zhang,
 * Eide, Chen and Regehr, ISSTA 2012), and its faults gather around a few moments and a few nodes.
 */
export const swarm: Strategy = {
  about: 'a subset of kinds and an intensity for each run, gathered around a few moments and nodes',
  faults: (random, subject) => drawSwarm(random, subject)?.entries ?? [],
}
