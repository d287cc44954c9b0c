import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../support/compiler.ts'
import { temporaryFolder } from '../support/temp-folder.ts'
import { petrel, petrelJson } from './support/petrel.ts'

const MODULES = '{ "type": "module", "devDependencies": { "petrel": "*", "vitest": "*" } }'

/** Puts the built package, vitest and the compiler where `npm install` would. */
function installInto(folder: string): void {
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules/petrel'))
  for (const name of ['vitest', 'typescript', '@types'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
}

function npx(
  folder: string,
  path: string,
  ...args: readonly string[]
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'node_modules', path), ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}

test.each([
  ['an empty folder', {}],
  ['a project of CommonJS', { 'package.json': '{ "devDependencies": { "vitest": "*" } }' }],
])('in %s, what it writes compiles, its test passes and its scenario runs', (_where, files) => {
  const folder = temporaryFolder(files)
  expect(petrel(folder, ['init'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('wrote  simulation/register.ts'),
  })
  installInto(folder)
  expect(
    npx(
      folder,
      'typescript/bin/tsc',
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      'simulation/register.ts',
      'simulation/register.test.ts',
    ),
  ).toEqual({ status: 0, output: '' })
  expect(npx(folder, 'vitest/vitest.mjs', 'run')).toMatchObject({
    status: 0,
    output: expect.stringContaining('2 passed'),
  })
  expect(petrel(folder, ['list']).stdout).toMatch(/^register/)
})

test('it overwrites nothing and says what it left and what to run next', () => {
  const folder = temporaryFolder({ 'package.json': MODULES, 'petrel.config.ts': '// mine' })
  const document = petrelJson(folder, ['init'])
  expect(document).toMatchObject({
    kept: ['petrel.config.ts'],
    written: ['simulation/register.ts', 'simulation/register.test.ts'],
  })
  expect(document.next[0]).toBe('npx vitest run simulation')
  expect(readFileSync(join(folder, 'petrel.config.ts'), 'utf8')).toBe('// mine')
  expect(petrelJson(folder, ['init']).written).toEqual([])
})
