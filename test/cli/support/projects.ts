import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { petrel } from './petrel.ts'

/** A project as `petrel init` makes it: the scenario `register`, which passes, and its planted bug `skips-sync`. */
export function freshProject(files: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder(files)
  petrel(folder, ['init'])
  return folder
}

/** The same for all tests of a block. */
export function sharedProject(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'petrel-test-')))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  petrel(folder, ['init'])
  return folder
}

/** Changes the code of the project's machine. */
export function editMachine(folder: string, from: string, to: string): void {
  const path = join(folder, 'simulation/register.ts')
  const before = readFileSync(path, 'utf8')
  if (!before.includes(from)) throw new Error(`the machine has no "${from}"`)
  writeFileSync(path, before.replace(from, to))
}

/** A project whose only machine asks `Math.random` what to say: no run is like another. */
export function randomProject(): string {
  return temporaryFolder({
    'petrel.config.mjs': `
      import { defineConfig, defineScenario, protocol, workloadClient } from 'petrel'
      const server = {
        start: () => ({ asked: 0 }),
        onMessage: (state, ctx, from, { id }) => {
          state.asked++
          if (Math.random() < 0.5) ctx.send(from, { type: 'answer', id })
        },
      }
      export default defineConfig({ scenarios: [defineScenario({
        name: 'dice', about: 'not deterministic', protocol: protocol({ ask: { transport: 'datagram' }, answer: { transport: 'datagram' } }),
        server: () => server,
        client: ({ servers, operations }) => workloadClient({
          operations, servers, timeoutMs: 20, request: ({ id }) => ({ type: 'ask', id }),
          reply: (message) => (message.type === 'answer' ? { operation: message.id, outcome: 'ok' } : undefined),
        }),
        operation: () => ({ action: 'ask' }), properties: [], evidence: 0,
      })] })`,
  })
}
