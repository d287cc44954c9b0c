import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { editMachine, freshProject, randomProject, sharedProject } from './support/projects.ts'
import { interrupted, petrel, petrelJson } from './support/petrel.ts'

describe('a project with one scenario', () => {
  const folder = sharedProject()
  const bug = ['run', '--bug', 'skips-sync', '--runs', '40', '--no-shrink'] as const

  test('passes with exit 0 and a summary', () => {
    const { status, stdout, stderr } = petrel(folder, ['run', '--runs', '20'])
    expect(stdout).toMatch(/^PASS register {2}20 runs, seeds 0x1 to 0x14/)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test('one JSON document has the fields of schema 1 and nothing else is printed', () => {
    const document = petrelJson(folder, ['run', '--runs', '20', '--seed', '0x10'])
    expect(document).toMatchObject({
      schema: 1,
      command: 'run',
      scenario: 'register',
      verdict: 'ok',
      runs: 20,
      firstSeed: '0x10',
      traceHash: expect.stringMatching(/^[0-9a-f]{16}$/),
      failures: [],
      diverged: [],
    })
    expect(document.faults).not.toEqual({})
  })

  test('neither the number of workers nor other options of speed change the outcome', () => {
    const alone = petrelJson(folder, [...bug, '--jobs', '1'])
    const shared = petrelJson(folder, [...bug, '--jobs', '3'])
    const { wallMs: _one, ...rest } = alone
    expect(shared).toMatchObject(rest)
    expect(alone.failures.length).toBeGreaterThan(0)
  })

  test('with --bail the first seed that fails is the last, whatever the number of workers', () => {
    const [one, two] = ['1', '2'].map((jobs) => petrelJson(folder, [...bug, '--bail', '--jobs', jobs]))
    expect(one.failures).toHaveLength(1)
    expect(Number(one.failures[0].seed)).toBe(one.runs)
    expect(two.traceHash).toBe(one.traceHash)
  })

  test('shards divide the seeds among them without a gap', () => {
    const parts = [1, 2, 3].map((part) =>
      petrelJson(folder, ['run', '--runs', '20', '--shard', `${part}/3`, '--jobs', '1']),
    )
    expect(parts.map(({ firstSeed, runs }) => [Number(firstSeed), runs])).toEqual([
      [1, 6],
      [7, 7],
      [14, 7],
    ])
  })

  test('seeds are decimal, hexadecimal or a git hash of which 13 digits count', () => {
    const first = (seed: string): string => petrelJson(folder, ['run', '--seed', seed]).firstSeed
    expect(['1234567', '0x1234567', 'deadbeefcafe123456'].map(first)).toEqual([
      '0x12d687',
      '0x1234567',
      '0xdeadbeefcafe1',
    ])
  })

  test('a planted bug ends with exit 1, a report and a token; --expect-fail turns it round', () => {
    const { status, stdout } = petrel(folder, ['run', '--bug', 'skips-sync', '--runs', '40'])
    expect(stdout).toContain('FAIL register --bug skips-sync > linearizable')
    expect(stdout).toContain('npx petrel replay')
    expect(stdout).toMatch(/shrunk: [\d,]+ replays/)
    expect(status).toBe(1)
    expect(petrel(folder, [...bug, '--expect-fail'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('kind of failure found (exit 0)'),
    })
    expect(petrel(folder, ['run', '--runs', '20', '--expect-fail']).status).toBe(1)
  })

  test('a report goes to a file, and a summary is printed all the same', () => {
    const { stdout } = petrel(folder, [...bug, '--reporter', 'junit', '--output-file', 'junit.xml'])
    expect(stdout).toContain('FAIL register')
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('<failure')
  })

  test('GitHub gets annotations and a summary of the job', () => {
    const summary = join(folder, 'summary.md')
    const { stdout } = petrel(folder, [...bug], { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary })
    expect(stdout).toContain('::error ')
    expect(readFileSync(summary, 'utf8')).toContain('register: FAILED')
  })

  test('too few operations that end ok are no evidence: exit 2', () => {
    const { status, stdout } = petrel(folder, ['run', '--runs', '3', '--duration', '1ms'])
    expect(stdout).toContain('UNKNOWN register')
    expect(status).toBe(2)
  })

  test('a time limit ends a run without a number of runs', () => {
    const document = petrelJson(folder, ['run', '--time-limit', '1s', '--jobs', '1'])
    expect(document).toMatchObject({ verdict: 'ok', runs: expect.any(Number) })
    expect(document.runs).toBeGreaterThan(0)
  })
})

test.each(['1', '2'])('an interruption prints what was found so far and exits 130, with %s jobs', async (jobs) => {
  const folder = freshProject()
  // What a machine logs in a sweep goes to standard error: the sweep is under way.
  editMachine(folder, 'const recovered =', "console.log('start')\n      const recovered =")
  const { status, stdout, stderr } = await interrupted(folder, ['run', '--runs', '1000000', '--jobs', jobs])
  expect(stderr).toContain('petrel: interrupted')
  expect(stdout).toMatch(
    /^(PASS register {2}[\d,]+ runs?,[^]*\(exit 130\)\n|register: interrupted before the first run ended)/,
  )
  expect(status).toBe(130)
})

test('what is not deterministic is found by --verify, with the handler named: exit 3', () => {
  const folder = randomProject()
  const { status, stdout } = petrel(folder, ['run', '--runs', '4', '--verify'])
  expect(stdout).toMatch(/NOT DETERMINISTIC/)
  expect(stdout).toMatch(/seed 0x1 differs at event #\d+: n\d handling ask from c\d/)
  expect(status).toBe(3)
})
