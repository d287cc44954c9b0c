import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Scenario } from '../explore/scenario.ts'
import { scenarios as shipped } from '../scenarios/index.ts'
import { codeHash } from './code-hash.ts'
import { findConfig } from './load-user-code.ts'
import { userFiles } from './user-files.ts'

/**
 * The hash of the code under test, as `petrel replay` will reckon it: over what `petrel.config.ts` imports. Without a
 * configuration, over what the test file imports.
 */
export function scenarioCode(scenario: Scenario, testFile: string | undefined): string {
  if (shipped.includes(scenario)) return codeHash()
  const entry = findConfig(testFile === undefined ? process.cwd() : dirname(testFile)) ?? testFile
  return codeHash(entry !== undefined && existsSync(entry) ? userFiles(entry) : [])
}
