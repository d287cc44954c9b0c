import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temp-folder.ts'
import { interrupted, petrel, petrelJson } from './support/petrel.ts'

/** Dice that break in one run of `brokenOneIn`; in one run of `noticedOneIn` of those, who asks in the end notices. */
function diceFolder(options: { readonly brokenControl?: boolean; readonly says?: boolean } = {}): string {
  return temporaryFolder({
    'petrel.config.mjs': `
      const first = (sides) => Array.from({ length: sides }, (_, side) => side === 0)
      const stateOf = (view) => view.node('n1')?.state
      export default { scenarios: [{
        name: 'dice', about: 'throws dice', system: 'games', calmAt: 0.5, evidence: 0, faults: { kinds: ['loss'] },
        bugs: [{ id: 'D1', about: 'the dice may break', violates: 'wholeness', rarity: 'common' }],
        controls: [{ id: 'C1', about: 'other dice, which are as good' }],
        defaults: { nodes: 1, clients: 0, operations: 0, durationMs: 4 },
        network: { latencyMs: [1, 1], loss: 0, duplication: 0 },
        workload: () => [],
        properties: () => [
          { kind: 'always', name: 'wholeness', memory: () => undefined,
            check: (view) => (stateOf(view)?.broken === true ? 'n1 is broken' : undefined) },
          { kind: 'history', name: 'nobody notices', check: (history, view) => stateOf(view)?.noticed === true
            ? { verdict: 'violated', steps: 0, violations: [{ property: 'nobody notices', shape: 'noticed',
                summary: 'it was noticed', because: [], operations: [], atMs: 4 }] }
            : { verdict: 'ok', steps: 0 } },
        ],
        topology: ({ settings, choose }) => {
          const bad = settings.bug === 'D1' || (${options.brokenControl === true} && settings.bug === 'C1')
          const broken = bad && choose('broken', first(12))
          const noticed = broken && choose('noticed', first(4))
          const start = () => {
            if (${options.says === true}) console.log('start')
            return { broken, noticed }
          }
          return { protocol: {}, nodes: [{ id: 'n1', role: 'server', machine: () => ({ start, onMessage: () => undefined }) }] }
        },
      }] }`,
  })
}

interface Reported {
  readonly id: string
  readonly runs: number
  readonly reported: readonly object[]
}

const GAMES = ['mutants', '--system', 'games'] as const

describe('planted bugs of a scenario in petrel.config', () => {
  test('are found in about as many runs as they must be', () => {
    const folder = diceFolder()
    const { status, stdout } = petrel(folder, [...GAMES, '--bugs', 'D1', '--jobs', '1'])
    expect(stdout).toMatch(/^PASS mutants/)
    expect(stdout).toContain('20 of 20')
    expect(status).toBe(0)
    const { bugs, ...rest } = petrelJson(folder, [...GAMES, '--bugs', 'D1', '--jobs', '1'])
    expect(rest).toMatchObject({ schema: 1, command: 'mutants', verdict: 'ok', complete: true, firstSeed: '0x1' })
    expect(bugs).toHaveLength(1)
    expect(bugs[0]).toMatchObject({
      id: 'D1',
      system: 'games',
      scenario: 'dice',
      rarity: 'common',
      budget: 1000,
      searches: 20,
      done: 20,
      found: 20,
      baselineDone: 20,
      baselineFound: 20,
      properties: { wholeness: 20 },
    })
    // In half of all searches the first hit comes within 8 runs where one in 12 hits, within 33 where one in 48 does.
    expect(bugs[0].internal.medianRuns).toBeGreaterThan(2)
    expect(bugs[0].internal.medianRuns).toBeLessThan(24)
    expect(bugs[0].clientVisible.medianRuns).toBeGreaterThan(11)
    expect(bugs[0].clientVisible.medianRuns).toBeLessThan(99)
  })

  test('are all looked for unless some are named, and on the controls nothing is found', () => {
    const folder = diceFolder()
    const { bugs, controls } = petrelJson(folder, [...GAMES, '--searches', '2', '--jobs', '1'])
    expect(bugs.map(({ id }: { readonly id: string }) => id)).toEqual(['D1'])
    expect(controls.map(({ id, runs, reported }: Reported) => [id, runs, reported])).toEqual([
      ['correct', 2000, []],
      ['C1', 2000, []],
    ])
  })

  test('take the same number of runs on any number of cores', () => {
    const folder = diceFolder()
    const few = [...GAMES, '--bugs', 'D1,C1', '--searches', '5', '--budget', '60'] as const
    const [alone, shared] = ['1', '3'].map((jobs) => petrelJson(folder, [...few, '--jobs', jobs]))
    expect({ ...shared, wallMs: 0 }).toEqual({ ...alone, wallMs: 0 })
    expect(alone.bugs[0]).toMatchObject({ searches: 5, done: 5, budget: 60 })
  })

  test('are measured in ranges of seeds of their own: with another first seed it takes another number of runs', () => {
    const folder = diceFolder()
    const [one, other] = ['1', '2000'].map((seed) => petrelJson(folder, [...GAMES, '--bugs', 'D1', '--seed', seed]))
    expect(other.runs).not.toBe(one.runs)
  })

  test('by invariants alone take fewer runs, as each search ends sooner', () => {
    const folder = diceFolder()
    const [both, internal] = ['both', 'internal'].map((oracle) =>
      petrelJson(folder, [...GAMES, '--bugs', 'D1', '--no-baseline', '--oracle', oracle]),
    )
    expect(internal.bugs[0].medianRuns).toBe(both.bugs[0].medianRuns)
    expect(internal.bugs[0]).toMatchObject({ baselineDone: null, baselineMedianRuns: null, timesFewer: null })
    expect(internal.bugs[0].clientVisible).toBe(undefined)
    expect(internal.runs).toBeLessThan(both.runs)
  })

  test('that a search misses in its budget make the measurement fail: exit 1', () => {
    const folder = diceFolder()
    const { status, stdout } = petrel(folder, [...GAMES, '--bugs', 'D1', '--budget', '1'])
    expect(stdout).toContain('not every search found D1 (exit 1)')
    expect(status).toBe(1)
  })

  test('are no answer where the time was too short for all of them: exit 2', () => {
    const folder = diceFolder()
    const long = ['--bugs', 'correct', '--budget', '1000000000', '--time-limit', '1ms', '--jobs', '1'] as const
    const { status, stdout } = petrel(folder, [...GAMES, ...long])
    expect(stdout).toContain('UNKNOWN mutants')
    expect(stdout).toContain('correct 0 of 20')
    expect(status).toBe(2)
  })
})

test('a control that is reported makes the measurement fail: exit 1', () => {
  const folder = diceFolder({ brokenControl: true })
  const { status, stdout } = petrel(folder, [...GAMES, '--searches', '3'])
  expect(stdout).toMatch(/control +C1 of dice: .*REPORTED 3\s+times, first wholeness/)
  expect(status).toBe(1)
})

test('a measurement that was interrupted goes on where it was, and ends as one that was not', async () => {
  const folder = diceFolder({ says: true })
  const args = [...GAMES, '--searches', '2', '--budget', '1000', '--jobs', '1'] as const
  const first = await interrupted(folder, [...args, '--state', 'state.jsonl'])
  expect(first).toMatchObject({ status: 130, stderr: expect.stringContaining('petrel: interrupted') })
  expect(first.stdout).toContain('searches done of those asked for')
  const whole = petrelJson(folder, args)
  expect({ ...petrelJson(folder, [...args, '--state', 'state.jsonl']), wallMs: 0 }).toEqual({ ...whole, wallMs: 0 })
  // From a measurement that is through nothing is run again.
  const lines = readFileSync(join(folder, 'state.jsonl'), 'utf8')
  expect({ ...petrelJson(folder, [...args, '--state', 'state.jsonl']), wallMs: 0 }).toEqual({ ...whole, wallMs: 0 })
  expect(readFileSync(join(folder, 'state.jsonl'), 'utf8')).toBe(lines)
})

test('figures of other code are refused with a sentence', () => {
  const folder = diceFolder()
  const args = [...GAMES, '--bugs', 'D1', '--state', 'state.jsonl'] as const
  petrel(folder, args)
  expect(existsSync(join(folder, 'state.jsonl'))).toBe(true)
  const config = join(folder, 'petrel.config.mjs')
  writeFileSync(config, `${readFileSync(config, 'utf8')}\n// changed`)
  const { status, stderr } = petrel(folder, args)
  expect(stderr).toMatch(/--state state.jsonl: its figures were measured with other code/)
  expect(status).toBe(64)
})

test('half as a majority (R14) is found in Raft by every search, and clients see it, too', () => {
  const document = petrelJson(temporaryFolder(), ['mutants', '--system', 'raft', '--bugs', 'R14', '--searches', '3'])
  expect(document).toMatchObject({ verdict: 'ok', bugs: [{ id: 'R14', system: 'raft', found: 3 }] })
  expect(document.bugs[0].clientVisible.found).toBe(3)
})
