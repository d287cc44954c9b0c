/**
 * Makes `dist/`, and puts the command where `npx petrel` finds it in this project itself. It compiles into a folder
 * beside `dist/` and swaps the two, so that a failed build leaves the last good one, and no file of old code stays.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const dist = join(root, 'dist')
const fresh = join(root, `dist.${process.pid}`)
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

try {
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', fresh], {
    stdio: 'inherit',
  })
  rmSync(dist, { recursive: true, force: true })
  renameSync(fresh, dist)
} catch {
  process.exitCode = 1
} finally {
  rmSync(fresh, { recursive: true, force: true })
}

const command = join(dist, 'cli.js')
if (existsSync(command)) {
  chmodSync(command, 0o755)
  linkCommand()
}

/**
 * npm links the commands of dependencies, never the project's own; without this npx would install the folder into its
 * cache and build it there anew. Windows needs a shim instead of a link, and goes that longer way.
 */
function linkCommand() {
  const link = join(root, 'node_modules', '.bin', 'petrel')
  if (process.platform === 'win32' || !existsSync(dirname(link))) return
  rmSync(link, { force: true })
  symlinkSync(join('..', '..', 'dist', 'cli.js'), link)
}
