import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../support/compiler.ts'

const STATIC_IMPORT = /^(?:import|export) (?:[^'"`;]*? from )?["']([^"']+)["'];$/gm
const BUILT = join(ROOT, 'dist')

/** All that is loaded before the first line of a built file runs: files of the project, and names of packages. */
function loadedBy(entry: string): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const pending = [join(BUILT, entry)]
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    const path = relative(BUILT, file)
    if (files.has(path)) continue
    files.add(path)
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)) {
      if (specifier!.startsWith('.')) pending.push(join(file, '..', specifier!))
      else if (!specifier!.startsWith('node:')) packages.add(specifier!)
    }
  }
  return { files, packages }
}

test('the command line loads no more than it takes to know the command, so that the small ones start fast', () => {
  const { files, packages } = loadedBy('cli.js')
  expect([...packages]).toEqual(['commander'])
  expect(files.size).toBeLessThan(30)
})

test('a benchmark loads no code of the others', () => {
  expect(loadedBy('bench/command.js').files).toContain('bench/index.js')
  expect([...loadedBy('bench/command.js').files].filter((path) => /^(nodes|checks)\//.test(path))).toEqual([])
})
