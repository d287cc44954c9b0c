import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile, ROOT } from '../support/compiler.ts'

const PROJECT = 'test/canary/tsconfig.json'
const CANARY = 'test/canary/host.ts'

/** How many errors each line has, by line number. */
function errorsByLine(...options: readonly string[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { file, line } of compile('-p', PROJECT, ...options)) {
    if (file === CANARY) counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return counts
}

function codeLines(): readonly number[] {
  const lines = readFileSync(join(ROOT, CANARY), 'utf8').trimEnd().split('\n')
  return lines.flatMap((text, index) => (text.startsWith('//') ? [] : [index + 1]))
}

describe('the canary', () => {
  test('does not compile on any line, together with the deterministic folders', () => {
    expect([...errorsByLine()]).toEqual(codeLines().map((line) => [line, 1]))
  })

  test('notices Node’s types where something brings them in', () => {
    expect(errorsByLine('--types', 'node').size).toBeLessThan(codeLines().length / 2)
  })

  test('is compiled with exactly the folders that must be deterministic', () => {
    const include = (path: string): string[] => JSON.parse(readFileSync(join(ROOT, path), 'utf8')).include
    const folders = include('tsconfig.deterministic.json').map((folder) => `../../${folder}`)
    expect(include(PROJECT)).toEqual(['host.ts', ...folders])
  })
})
