import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../support/compiler.ts'
import { forbiddenImports, importCycles } from './imports.ts'
import { leftovers } from './leftovers.ts'
import { lengthFindings, longFunctions } from './lengths.ts'
import type { Exceptions } from './lengths.ts'
import { brokenLinks } from './links.ts'
import { forbiddenNames } from './names.ts'
import { DETERMINISTIC, folderOf, projectFiles, projectSources } from './source.ts'

/** Files that may be longer than the limit, with their present length. */
const LONG_FILES: Exceptions = {}

const sources = projectSources().filter(({ path }) => path !== 'test/canary/host.ts')
const deterministic = sources.filter(({ path }) => (DETERMINISTIC as readonly string[]).includes(folderOf(path)))

function read(path: string): string | undefined {
  const absolute = join(ROOT, path)
  if (!existsSync(absolute)) return undefined
  return statSync(absolute).isFile() ? readFileSync(absolute, 'utf8') : ''
}

describe('the project is tidy', () => {
  test('the whole project is looked at', () => {
    const folders = new Set(sources.map(({ path }) => folderOf(path)))
    expect([...folders]).toEqual(expect.arrayContaining([...DETERMINISTIC, 'runtime', 'reports', 'test', 'index.ts']))
  })

  test('each folder imports only what it may', () => {
    expect(sources.flatMap(forbiddenImports)).toEqual([])
  })

  test('no imports go in a circle', () => {
    expect(importCycles(sources)).toEqual([])
  })

  test('deterministic code uses nothing that differs between machines, versions or calls', () => {
    expect(deterministic.flatMap(forbiddenNames)).toEqual([])
  })

  test('no file is longer than it may be', () => {
    expect(lengthFindings(sources, LONG_FILES)).toEqual([])
  })

  test('no function is longer than it may be', () => {
    expect(sources.flatMap((source) => longFunctions(source))).toEqual([])
  })

  test('nothing was left behind', () => {
    expect(sources.flatMap(leftovers)).toEqual([])
  })

  test('the links of README and docs lead somewhere', () => {
    const pages = projectFiles(['README.md', 'docs', 'examples'], /\.md$/)
    expect(pages.flatMap((page) => brokenLinks(page, read(page) ?? '', read))).toEqual([])
  })
})
