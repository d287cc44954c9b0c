import type { Scenario } from '../explore/scenario.ts'

/** What `petrel.config.ts` exports by default: the scenarios that the command line shall know besides its own. */
export interface PetrelConfig {
  readonly scenarios: readonly Scenario[]
}

/** Gives a configuration its type: `export default defineConfig({ scenarios: [counter] })`. */
export function defineConfig(config: PetrelConfig): PetrelConfig {
  return config
}
