import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { DiskError } from '../../index.ts'
import { findConfig, loadUserCode } from '../../runtime/load-user-code.ts'
import { ROOT } from '../support/compiler.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

const SCENARIO = `
  import type { Scenario } from 'petrel'
  enum Colour { Red = 1 }
  export const counter = { name: 'counter', topology: () => ({}), workload: () => [], evidence: Colour.Red } as unknown as Scenario
`
const CONFIG = `
  import { defineConfig } from 'petrel'
  import { counter } from './scenarios/counter.ts'
  export default defineConfig({ scenarios: [counter] })
`
const PROJECT = { 'petrel.config.ts': CONFIG, 'scenarios/counter.ts': SCENARIO }

describe('findConfig', () => {
  test('looks in the folder and in those above it', () => {
    const folder = temporaryFolder(PROJECT)
    mkdirSync(join(folder, 'a', 'b'), { recursive: true })
    expect(findConfig(join(folder, 'a', 'b'))).toBe(join(folder, 'petrel.config.ts'))
  })

  test('prefers the nearest, and TypeScript where a folder has both', () => {
    const folder = temporaryFolder({ ...PROJECT, 'a/petrel.config.mjs': '', 'petrel.config.js': '' })
    expect(findConfig(join(folder, 'a'))).toBe(join(folder, 'a', 'petrel.config.mjs'))
    expect(findConfig(folder)).toBe(join(folder, 'petrel.config.ts'))
  })

  test('finds nothing where there is none', () => {
    expect(findConfig(temporaryFolder())).toBeUndefined()
  })
})

describe('loadUserCode', () => {
  test('loads TypeScript that imports TypeScript, and lists both files', async () => {
    const folder = temporaryFolder(PROJECT)
    const loaded = await loadUserCode(join(folder, 'petrel.config.ts'))
    expect(loaded.config.scenarios.map(({ name, evidence }) => [name, evidence])).toEqual([['counter', 1]])
    expect(loaded.files).toEqual([join(folder, 'petrel.config.ts'), join(folder, 'scenarios', 'counter.ts')])
  })

  test('takes a file whose default export is one scenario', async () => {
    const folder = temporaryFolder({ 'one.ts': `${SCENARIO}\nexport default counter` })
    const { config } = await loadUserCode(join(folder, 'one.ts'))
    expect(config.scenarios.map(({ name }) => name)).toEqual(['counter'])
  })

  test('gives the user the very classes that Petrel itself uses', async () => {
    const folder = temporaryFolder({
      'one.ts': `import { DiskError } from 'petrel'\n${SCENARIO}\nexport default { ...counter, kind: DiskError }`,
    })
    const { config } = await loadUserCode(join(folder, 'one.ts'))
    expect((config.scenarios[0] as unknown as { kind: unknown }).kind).toBe(DiskError)
  })

  test.each(['petrel.config.js', 'petrel.config.mjs'])('loads %s of a project of ES modules', async (name) => {
    const text =
      "import { name } from './name.mjs'\nexport default { scenarios: [{ name, topology() {}, workload() {} }] }"
    const folder = temporaryFolder({
      'package.json': '{ "type": "module" }',
      [name]: text,
      'name.mjs': "export const name = 'plain'",
    })
    const { config, files } = await loadUserCode(join(folder, name))
    expect(config.scenarios[0]?.name).toBe('plain')
    expect(files).toEqual([join(folder, 'name.mjs'), join(folder, name)])
  })

  test('loads in a worker thread as well', async () => {
    const folder = temporaryFolder(PROJECT)
    const loader = pathToFileURL(join(ROOT, 'dist/runtime/load-user-code.js')).href
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.loader).then((loader) => loader.loadUserCode(workerData.path))
        .then(({ config }) => parentPort.postMessage(config.scenarios[0].name), (error) => parentPort.postMessage(String(error)))
    `
    const worker = new Worker(code, { eval: true, workerData: { loader, path: join(folder, 'petrel.config.ts') } })
    const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    await worker.terminate()
    expect(answer).toBe('counter')
  })
})

describe('user code that is wrong gets a sentence with the place', () => {
  const cases: readonly [what: string, files: Readonly<Record<string, string>>, sentence: string][] = [
    [
      'a syntax error',
      { 'one.ts': 'export const a = 1\nexport const b: number = = 2\n' },
      'DIR/one.ts does not load: Unexpected token, at DIR/one.ts:2:25.',
    ],
    [
      'a throw, in a file that it imports',
      { 'one.ts': "import './two.ts'", 'two.ts': "\n\nthrow new Error('too wet')" },
      'DIR/one.ts does not load: too wet, at DIR/two.ts:3:7.',
    ],
    [
      'a syntax error in a native module',
      { 'one.ts': "import './two.mjs'", 'two.mjs': '\nconst a = = 1' },
      'DIR/one.ts does not load: Unexpected token, at DIR/two.mjs:2:10.',
    ],
    [
      'a file that is not there',
      { 'one.ts': "import 'node:fs'\nimport { a } from './nope.ts'\nexport default a" },
      "DIR/one.ts does not load: Cannot find module './nope.ts', at DIR/one.ts:2.",
    ],
    [
      'a package that is not there',
      { 'one.ts': "\nimport a from 'petrel-of-nobody'\nexport default a" },
      "DIR/one.ts does not load: Cannot find module 'petrel-of-nobody', at DIR/one.ts:2.",
    ],
    ['a throw of something else', { 'one.ts': "throw 'up'" }, 'DIR/one.ts does not load: up.'],
    [
      'no default export',
      { 'one.ts': 'export const a = 1' },
      'DIR/one.ts must export a configuration, or a scenario, by default: export default defineConfig({ scenarios: [counter] })',
    ],
    [
      'something else in the list',
      { 'one.ts': `${SCENARIO}\nexport default { scenarios: [counter, 5] }` },
      'DIR/one.ts: item 2 of `scenarios` is not a scenario.',
    ],
  ]

  test.each(cases)('%s', async (_what, files, sentence) => {
    const folder = temporaryFolder(files)
    const failure = loadUserCode(join(folder, 'one.ts'))
    await expect(failure).rejects.toMatchObject({ name: 'UsageError' })
    await expect(failure).rejects.toThrow(sentence.replaceAll('DIR', folder))
  })

  test('a path that does not exist', async () => {
    await expect(loadUserCode('/nowhere/petrel.config.ts')).rejects.toMatchObject({ code: 'no-such-file' })
  })
})
