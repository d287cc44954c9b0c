import { describe, expect, test } from 'vitest'
import { seedRange, timeoutMsFor } from '../../runtime/vitest-options.ts'

describe('which seeds a simulation test runs', () => {
  test.each([
    ['a hundred from 1 unless told', {}, {}, { firstSeed: 1, runs: 100, single: false }],
    ['what the options say', { seed: 7, runs: 3 }, {}, { firstSeed: 7, runs: 3, single: false }],
    [
      'the one that PETREL_SEED names',
      { seed: 7, runs: 3 },
      { PETREL_SEED: '0x2a' },
      { firstSeed: 42, runs: 1, single: true },
    ],
    ['as many as PETREL_RUNS says', { runs: 3 }, { PETREL_RUNS: '5000' }, { firstSeed: 1, runs: 5000, single: false }],
    ['both', {}, { PETREL_SEED: '9', PETREL_RUNS: '2' }, { firstSeed: 9, runs: 2, single: false }],
    ['an empty variable is none', {}, { PETREL_SEED: '', PETREL_RUNS: '' }, { firstSeed: 1, runs: 100, single: false }],
  ])('%s', (_what, options, environment, range) => {
    expect(seedRange(options, environment)).toEqual(range)
  })

  test.each([[{ PETREL_SEED: 'x' }], [{ PETREL_RUNS: '0' }], [{ PETREL_RUNS: 'many' }]])(
    '%o is refused',
    (environment) => {
      expect(() => seedRange({}, environment)).toThrow(expect.objectContaining({ name: 'UsageError' }))
    },
  )

  test('more runs get more time', () => {
    const [few, many] = [100, 10_000].map((runs) => timeoutMsFor({ firstSeed: 1, runs, single: false }))
    expect(few).toBeGreaterThan(5000)
    expect(many).toBeGreaterThan(few!)
  })
})
