import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { editMachine, sharedProject } from './support/projects.ts'
import { petrel, petrelJson } from './support/petrel.ts'

const SWEEP = ['run', '--bug', 'skips-sync', '--runs', '40', '--jobs', '1'] as const
const FILES = ['1.json', '2.json', '3.json'] as const

describe('the shards of a sweep', { timeout: 120_000 }, () => {
  const folder = sharedProject()

  // oxlint-disable-next-line typescript/no-explicit-any
  const edited = (name: string, from: string, edit: (document: any) => void): string => {
    const document = JSON.parse(readFileSync(join(folder, from), 'utf8'))
    edit(document)
    writeFileSync(join(folder, name), JSON.stringify(document))
    return name
  }

  const runShard = (part: number, ...options: readonly string[]): void => {
    const file = `${options.includes('--bail') ? 'bail' : ''}${part}.json`
    petrel(folder, [...SWEEP, '--no-shrink', '--shard', `${part}/3`, ...options, '--json', '--output-file', file])
  }

  beforeAll(() => {
    for (const part of [1, 2, 3]) runShard(part)
  }, 120_000)

  test('merged are what one process gives, in every field but the time it took', () => {
    const { wallMs: _one, ...one } = petrelJson(folder, SWEEP)
    const { wallMs: _merged, ...merged } = petrelJson(folder, ['merge', '3.json', '1.json', '2.json'])
    expect(merged).toEqual(one)
    expect(one.failures.length).toBeGreaterThan(0)
  })

  test('are reported as one process reports, with its exit code', () => {
    const withoutTimes = (text: string): string => text.replaceAll(/(?:in|wall) [\d.]+ m?s.*| +(?=seed)/g, '')
    const one = petrel(folder, SWEEP)
    const merged = petrel(folder, ['merge', ...FILES])
    expect(withoutTimes(merged.stdout)).toBe(withoutTimes(one.stdout))
    expect([one.status, merged.status]).toEqual([1, 1])
    expect(petrel(folder, ['merge', ...FILES, '--expect-fail', '--no-shrink']).status).toBe(0)
  })

  test('under --bail end where one process ends', () => {
    for (const part of [1, 2, 3]) runShard(part, '--bail')
    const { wallMs: _one, ...one } = petrelJson(folder, [...SWEEP, '--bail', '--no-shrink'])
    const files = FILES.map((file) => `bail${file}`)
    const { wallMs: _merged, ...merged } = petrelJson(folder, ['merge', ...files, '--no-shrink'])
    expect(merged).toEqual(one)
  })

  test.each([
    ['one is missing', () => ['1.json', '3.json'], /^petrel: Shards are missing: 2\/3\./],
    ['one is there twice', () => ['1.json', '2.json', '2.json'], /2\.json and 2\.json overlap: both are shard 2\/3/],
    [
      'one ended early',
      () => ['1.json', '2.json', edited('early.json', '3.json', ({ shard }) => (shard.scenarios[0].part.runs -= 1))],
      /early\.json ended early: of the 14 runs of register that are its own it has 13/,
    ],
    [
      'the settings differ',
      () => ['1.json', edited('set.json', '2.json', ({ shard }) => (shard.scenarios[0].order.settings.nodes = 2))],
      /not of one sweep: the settings of register differ/,
    ],
    [
      'the seeds differ',
      () => ['1.json', edited('seeds.json', '2.json', ({ shard }) => (shard.firstSeed = 2))],
      /not of one sweep: the seeds of the whole differ \(\[1,40\] and \[2,40\]\)/,
    ],
    [
      'the scenarios differ',
      () => ['1.json', edited('names.json', '2.json', ({ shard }) => (shard.scenarios[0].scenario = 'raft-kv'))],
      /not of one sweep: the scenarios differ/,
    ],
    [
      'the code differs',
      () => ['1.json', edited('code.json', '2.json', ({ shard }) => (shard.scenarios[0].code = '0ddc0de'))],
      /not of one sweep: the hashes of the code of register differ \([0-9a-f]{7} and 0ddc0de\)/,
    ],
    [
      'only time limited them',
      () => [edited('time.json', '1.json', ({ shard }) => (shard.runs = null))],
      /time\.json was limited by time alone/,
    ],
    [
      'a file is a whole by itself',
      () => [edited('whole.json', '1.json', (document) => delete document.shard)],
      /whole\.json was not made with --shard/,
    ],
    [
      'a file is damaged',
      () => [edited('damaged.json', '1.json', ({ shard }) => (shard.scenarios[0].part.traceHash = 'x'))],
      /damaged\.json is not what petrel run --json prints \(shard\.scenarios\.0\.part\.traceHash: /,
    ],
    ['a file is not JSON', () => ['petrel.config.ts'], /petrel\.config\.ts is not JSON/],
    ['there is no file', () => ['none.json'], /none\.json can't be read/],
  ] as const)('are refused where %s', (_why, files, sentence) => {
    const { status, stdout, stderr } = petrel(folder, ['merge', ...files()])
    expect(stderr).toMatch(sentence)
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
  })

  test('are refused where the code has changed since', () => {
    editMachine(folder, 'const recovered =', 'void 0\n      const recovered =')
    const { status, stderr } = petrel(folder, ['merge', ...FILES])
    expect(stderr).toMatch(/The shards ran register with code [0-9a-f]{7}, this is [0-9a-f]{7}/)
    expect(status).toBe(64)
  })
})
