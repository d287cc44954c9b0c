import { bakedIn } from './baked-in.ts'
import { causeOf, refinedFingerprint } from './cause.ts'
import type { Shrunk } from './result.ts'
import type { Scenario } from './scenario.ts'

/** A shrunk failure with when it was decided, and what it came from: some hundred runs of its small plan. */
export function understood(scenario: Scenario, shrunk: Shrunk, fingerprint: string): Shrunk {
  const cause = causeOf(scenario, shrunk, fingerprint)
  return {
    ...shrunk,
    bakedIn: bakedIn(scenario, shrunk, fingerprint),
    cause: { ...cause, fingerprint: refinedFingerprint(fingerprint, cause) },
  }
}
