/**
 * Makes `dist/`. It compiles into a folder beside it and swaps the two, so that a failed build leaves the last good
 * one, and no file of old code stays.
 */
import { execFileSync } from 'node:child_process'
import { renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// npx runs this script when it links the project's own command into its cache: everything is built by then, and
// another petrel may be running. (A script that fails at that moment breaks npx for this folder from then on.)
const { npm_command: command, npm_lifecycle_event: event } = process.env
if (command !== 'exec' || event !== 'prepare') build()

function build() {
  const root = dirname(fileURLToPath(import.meta.url))
  const dist = join(root, 'dist')
  const fresh = join(root, `dist.${process.pid}`)
  try {
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
    const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', fresh]
    execFileSync(process.execPath, [compiler, ...options], { stdio: 'inherit' })
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
  } catch (error) {
    process.stderr.write(`The build failed: ${error.message}\n`)
    process.exitCode = 1
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
