import { existsSync, statSync } from 'node:fs'
import type { Scenario } from '../explore/scenario.ts'
import { UsageError } from '../explore/usage-error.ts'
import { scenarios as shipped } from '../scenarios/index.ts'
import { codeHash } from './code-hash.ts'
import { findConfig, loadUserCode } from './load-user-code.ts'
import { unknownName } from './suggest.ts'

/** The scenarios there are: Petrel's own, and those of the configuration. */
export interface Catalogue {
  /** The configuration's first; one of them hides one of ours with the same name. */
  readonly scenarios: readonly Scenario[]
  /** What `run` runs unless told. */
  readonly defaults: readonly Scenario[]
  readonly configPath: string | undefined
  /** The user's own files, for the code hash. */
  readonly files: readonly string[]
}

/** Loads the configuration at a path, or the nearest one above the working folder, or none. */
export async function loadCatalogue(path: string | undefined): Promise<Catalogue> {
  const configPath = path ?? findConfig(process.cwd())
  if (path !== undefined && existsSync(path) && statSync(path).isDirectory()) {
    throw new UsageError('bad-config', `--config ${path}: this is a folder; give the file in it.`)
  }
  if (configPath === undefined) return { scenarios: shipped, defaults: shipped.slice(0, 1), configPath, files: [] }
  const { config, files, path: absolute } = await loadUserCode(configPath)
  const names = config.scenarios.map(({ name }) => name)
  const double = names.find((name, index) => names.indexOf(name) !== index)
  if (double !== undefined)
    throw new UsageError('bad-config', `${absolute}: two scenarios are called "${double}"; give one another name.`)
  const others = shipped.filter(({ name }) => !names.includes(name))
  return { scenarios: [...config.scenarios, ...others], defaults: config.scenarios, configPath: absolute, files }
}

export function findScenario(catalogue: Catalogue, name: string): Scenario {
  const found = catalogue.scenarios.find((scenario) => scenario.name === name)
  if (found !== undefined) return found
  const more =
    catalogue.configPath === undefined
      ? { hint: 'Scenarios of your own come from a petrel.config.ts, or --config FILE.' }
      : {}
  return unknownName(
    'scenario',
    name,
    catalogue.scenarios.map((scenario) => scenario.name),
    more,
  )
}

/** 7 hex digits of the code that decides this scenario's runs. */
export function codeOf(catalogue: Catalogue, scenario: Scenario): string {
  return codeHash(shipped.includes(scenario) ? [] : catalogue.files)
}

/** The configuration that a scenario is from; undefined for one of ours. */
export function configOf(catalogue: Catalogue, scenario: Scenario): string | undefined {
  return shipped.includes(scenario) ? undefined : catalogue.configPath
}
