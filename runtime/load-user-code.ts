import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Scenario } from '../explore/scenario.ts'
import { UsageError } from '../explore/usage-error.ts'
import type { PetrelConfig } from './config.ts'
import { describeLoadFailure } from './load-failure.ts'
import { userFiles } from './user-files.ts'

/** The names a configuration may have, the first one found counts. */
const CONFIG_NAMES = ['petrel.config.ts', 'petrel.config.js', 'petrel.config.mjs']

/** A user's configuration, and where it came from. */
export interface UserCode {
  /** The absolute path of the file that was loaded. */
  readonly path: string
  readonly config: PetrelConfig
  /** That file and all of the user's own files that it imports, sorted: what the code hash covers. */
  readonly files: readonly string[]
}

/** The nearest configuration file in a folder or above it. */
export function findConfig(folder: string): string | undefined {
  for (let here = resolve(folder); ; here = dirname(here)) {
    const found = CONFIG_NAMES.map((name) => join(here, name)).find((path) => existsSync(path))
    if (found !== undefined || here === dirname(here)) return found
  }
}

/**
 * Loads a configuration, or a file whose default export is a single scenario. TypeScript needs no build, on Node 20
 * too, in worker threads and inside vitest. Throws a UsageError that says where the file is wrong.
 */
export async function loadUserCode(path: string): Promise<UserCode> {
  const absolute = resolve(path)
  const { exported, files } = await loadUserModule(absolute)
  return { path: absolute, config: asConfig(absolute, exported), files }
}

/** What a file of the user's exports by default, and the files that it is made of. */
export async function loadUserModule(
  path: string,
): Promise<{ readonly exported: unknown; readonly files: readonly string[] }> {
  const absolute = resolve(path)
  if (!existsSync(absolute)) throw new UsageError('no-such-file', `There is no file ${absolute}.`)
  const files = userFiles(absolute)
  return { exported: await importDefault(absolute, files), files }
}

async function importDefault(path: string, files: readonly string[]): Promise<unknown> {
  const { createJiti } = await import('jiti')
  // The user's `import … from 'petrel'` must be this very copy: a second one would have error classes of its own.
  const virtualModules = { petrel: await import('../index.ts'), 'petrel/checks': await import('../checks/index.ts') }
  try {
    const loaded = await createJiti(path, { virtualModules }).import<{ readonly default?: unknown }>(path)
    return loaded.default
  } catch (error) {
    throw new UsageError('user-code', describeLoadFailure(path, files, error), { cause: error })
  }
}

function asConfig(path: string, exported: unknown): PetrelConfig {
  const config = isScenario(exported) ? { scenarios: [exported] } : exported
  if (!isConfig(config)) {
    const example = 'export default defineConfig({ scenarios: [counter] })'
    throw new UsageError('bad-config', `${path} must export a configuration, or a scenario, by default: ${example}`)
  }
  const stranger = config.scenarios.findIndex((scenario) => !isScenario(scenario))
  if (stranger >= 0) {
    throw new UsageError('bad-config', `${path}: item ${stranger + 1} of \`scenarios\` is not a scenario.`)
  }
  return config
}

function isConfig(value: unknown): value is PetrelConfig {
  return typeof value === 'object' && value !== null && 'scenarios' in value && Array.isArray(value.scenarios)
}

function isScenario(value: unknown): value is Scenario {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'topology' in value &&
    typeof value.topology === 'function' &&
    'workload' in value &&
    typeof value.workload === 'function'
  )
}
