import { describe, expect, test } from 'vitest'
import { forbiddenImports, importCycles } from './imports.ts'
import { leftovers } from './leftovers.ts'
import { lengthFindings, longFunctions } from './lengths.ts'
import { brokenLinks } from './links.ts'
import { forbiddenNames } from './names.ts'
import { parse } from './source.ts'

/** Every rule of the tidy test, proven able to fail by a planted sample, and to leave good code alone. */

describe('forbidden imports', () => {
  test.each([
    ['sim/world.ts', "import { checks } from '../checks/index.ts'"],
    ['sim/world.ts', "import type { Failure } from '../explore/result.ts'"],
    ['sim/world.ts', "export * from '../runtime/config.ts'"],
    ['sim/world.ts', "export type { Failure } from '../explore/result.ts'"],
    ['sim/world.ts', "const later = import('../runtime/config.ts')"],
    ['sim/world.ts', 'const later = import(name)'],
    ['sim/world.ts', "type Config = import('../runtime/config.ts').PetrelConfig"],
    ['sim/world.ts', "const files = require('node:fs')"],
    ['sim/world.ts', "import { readFileSync } from 'node:fs'"],
    ['sim/world.ts', "import lodash from 'lodash'"],
    ['sim/machine.ts', "import type { Trace } from './trace.ts'"],
    ['checks/search.ts', "import type { Millis } from '../sim/machine.ts'"],
    ['nodes/raft/log.ts', "import { World } from '../../sim/world.ts'"],
    ['nodes/raft/log.ts', "import type { Scenario } from '../../explore/scenario.ts'"],
    ['reports/json.ts', "import { writeFileSync } from 'node:fs'"],
    ['runtime/vitest.ts', "import { World } from '../sim/world.ts'"],
    ['examples/counter/counter.ts', "import type { Machine } from '../../sim/machine.ts'"],
  ])('in %s: %s', (path, text) => {
    expect(forbiddenImports(parse(path, text))).toHaveLength(1)
  })

  test.each([
    ['sim/world.ts', "import seedrandom from 'seedrandom'; import type { Plain } from './machine.ts'"],
    ['nodes/raft/log.ts', "import { invariant } from '../../sim/machine.ts'; import { z } from 'zod'"],
    ['runtime/pool.ts', "import { Worker } from 'node:worker_threads'; import '../explore/sweep.ts'"],
    ['sim/world.ts', "// import '../checks/index.ts'\nconst text = \"import '../checks/index.ts'\""],
  ])('not in %s: %s', (path, text) => {
    expect(forbiddenImports(parse(path, text))).toEqual([])
  })

  test('cycles are found through types and re-exports, and once', () => {
    const a = parse('sim/a.ts', "import type { B } from './b.ts'")
    const b = parse('sim/b.ts', "export * from './c.ts'")
    const c = parse('sim/c.ts', "import './a.ts'; import './d.ts'")
    const d = parse('sim/d.ts', "const later = () => import('./a.ts')")
    expect(importCycles([a, b, c, d])).toEqual(['sim/a.ts → sim/b.ts → sim/c.ts → sim/a.ts'])
    expect(importCycles([b, c, d])).toEqual([])
  })
})

describe('forbidden names', () => {
  test.each([
    'new Date()',
    'const at = Date.now()',
    'Math.random()',
    "Math['random']()",
    'Math.pow(2, 3)',
    'Math.log(2)',
    'Math.exp(1)',
    'const { random } = Math',
    '2 ** 3',
    'let a = 2; { a **= 2 }',
    'async function f() {}',
    'const f = async () => 1',
    'await f()',
    'Promise.resolve(1)',
    'new WeakRef({})',
    "'a'.localeCompare('b')",
    'new Intl.Collator()',
    'for (const key in {}) key',
    '/\\p{L}/u',
    '/[\\P{Lu}]/u',
    "'a'.normalize()",
    "'a'.toLowerCase()",
    'let count = 0',
    'export let count = 0',
    'var count = 0',
    "const a = { 1: 'one' }",
    "const a = { '10': 'ten' }",
    'globalThis.a',
    'const when = { Date }',
    'eval("1")',
  ])('%s', (text) => {
    expect(forbiddenNames(parse('sim/sample.ts', text)).length).toBeGreaterThan(0)
  })

  test.each([
    "// new Date(), Math.random()\nconst text = 'new Date() 2 ** 3 Math.pow'",
    'const text = `Date ${1}`',
    'Math.sqrt(2)',
    'Math.imul(2, 3)',
    'const a = { Date: 1 }',
    'const b = a.Date',
    'function f() { let count = 0; return count }',
    "const a = { '01': 1, b1: 2 }",
    'for (const key of []) key',
    '/\\\\p/',
    'interface A { readonly Promise: number }',
  ])('not in %s', (text) => {
    expect(forbiddenNames(parse('sim/sample.ts', text))).toEqual([])
  })
})

describe('lengths', () => {
  const long = parse('sim/long.ts', `${'// a\n'.repeat(9)}const a = 1\n`)

  test('a file over the limit is found, unless it is an exception of just this length', () => {
    expect(lengthFindings([long], {}, 10)).toEqual([])
    expect(lengthFindings([long], {}, 9)).toEqual(['sim/long.ts has 10 lines, 9 are allowed'])
    expect(lengthFindings([long], { 'sim/long.ts': 10 }, 5)).toEqual([])
  })

  test('an exception may only shrink, and goes when it is not needed', () => {
    expect(lengthFindings([long], { 'sim/long.ts': 9 }, 5)).toEqual(['sim/long.ts has 10 lines, 9 are allowed'])
    expect(lengthFindings([long], { 'sim/long.ts': 12 }, 5)).toEqual([
      'sim/long.ts has 10 lines: lower its exception from 12',
    ])
    expect(lengthFindings([long], { 'sim/long.ts': 12 }, 10)).toEqual(['sim/long.ts needs no exception any more'])
    expect(lengthFindings([], { 'sim/gone.ts': 12 }, 10)).toEqual(['sim/gone.ts needs no exception any more'])
  })

  test('a long function is found, a long class is not', () => {
    const body = '\n'.repeat(10)
    expect(longFunctions(parse('sim/a.ts', `class A { go() {${body}} }`), 10)).toHaveLength(1)
    expect(longFunctions(parse('sim/a.ts', `const a = () => {${body}}`), 11)).toEqual([])
    expect(longFunctions(parse('sim/a.ts', `class A { a = 1${body} }`), 5)).toEqual([])
  })
})

describe('leftovers', () => {
  test.each([
    '// TODO: later',
    '/* FIXME */',
    '/** XXX */',
    '// @ts-ignore\nconst a = 1',
    '// @ts-nocheck',
    "console.log('here')",
    'debugger',
  ])('%s', (text) => {
    expect(leftovers(parse('sim/sample.ts', text))).toHaveLength(1)
  })

  test.each(["const text = 'TODO'", '// a toast to mastodons', "log.only('a')", '// @ts-expect-error because'])(
    'not in %s',
    (text) => {
      expect(leftovers(parse('sim/sample.ts', text))).toEqual([])
    },
  )

  test.each(["test.only('a', () => 1)", "describe.concurrent.only('a', () => 1)"])('%s, in a test', (text) => {
    expect(leftovers(parse('test/sample.test.ts', text))).toHaveLength(1)
    expect(leftovers(parse('runtime/vitest.ts', text))).toEqual([])
  })

  test('examples may print', () => {
    expect(leftovers(parse('examples/a.ts', "console.log('hello')"))).toEqual([])
  })
})

describe('links', () => {
  const pages: Readonly<Record<string, string>> = { 'docs/b.md': '# Time, and `clocks`\n', docs: '' }
  const broken = (markdown: string): readonly string[] =>
    brokenLinks('docs/a.md', `# Here we are\n\n${markdown}\n`, (path) => pages[path])

  test.each(['[b](c.md)', '[b](b.md#space)', '[b](#there)', '![b](b.png)', '[b](../b.md)', 'see [b](c.md "title")'])(
    '%s is broken',
    (markdown) => {
      expect(broken(markdown)).toHaveLength(1)
    },
  )

  test.each([
    '[b](b.md)',
    '[b](b.md#time-and-clocks)',
    '[b](#here-we-are)',
    '[b](https://example.org/x)',
    '`[b](c.md)`',
    '```ts\n[b](c.md)\n```',
    '[all](../docs)',
  ])('%s is fine', (markdown) => {
    expect(broken(markdown)).toEqual([])
  })
})
