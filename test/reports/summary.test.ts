import { stripVTControlCharacters as plain } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { progressLine } from '../../reports/progress.ts'
import { PLAIN } from '../../reports/style.ts'
import { sweepSummary } from '../../reports/summary.ts'
import { failing, hostileSweeps, passing, undecided } from './support/sweep.ts'
import { staleFailure } from './support/stale-read.ts'

describe('the summary of a sweep', () => {
  test('says what was simulated, what went wrong on purpose, and the verdict', () => {
    expect(`\n${sweepSummary(passing, { colour: 0, unicode: true })}`).toBe(`
PASS raft-kv  1,000 runs, seeds 0x1 to 0x3e8, in 9.1 s, 110 runs/s

  simulated   2.8 virtual hours in 9.1 s, 1,099 times real time
              12,345,678 events, 9,876,543 messages, trace hash 00c0ffee00c0ffee
  operations  281,334 ok, 4,100 failed, 12,566 unknown; 287 ok in the median run

  faults      27,792,157 took effect, of 36 of 37 kinds
  link                      process                    disk                      clock
  loss                   1  kill                 444k  slow-sync          1.36M  clock-skew      2M
  duplication        1,734  power-loss           501k  disk-error         1.46M  clock-drift  2.12M
  delay-constant     6,933  torn-write           561k  disk-full          1.56M  clock-jump   2.25M
  delay-uniform     15,598  crash-in-output      626k  bit-rot            1.67M
  delay-exponential 27,729  crash-in-recovery    693k  lost-sync          1.77M
  delay-long-tailed 43,326  pause                764k  misdirected-write  1.89M
  reordering        62,389  slow-process         839k
  partition         84,918  restart-old-disk     917k
  partial-partition   111k  restart-empty-disk   998k
  bridge              140k  upgrade             1.08M
  one-way-partition   173k  spawn               1.17M
  clog                210k  buggify             1.26M
  slow-link           250k
  bandwidth              ·
  stream-reset        340k
  corruption          390k

  seen        leader changed 412 · log conflict overwritten 88

  every property held in all 1,000 runs (exit 0)
`)
  })

  test('lists failures by fingerprint with their count, and what no run has shown', () => {
    const text = sweepSummary(failing, PLAIN)
    expect(text).toContain('FAIL raft-kv  1,000 runs')
    expect(text).toContain('  never seen  read served by a follower: no evidence from 1,000 runs\n')
    expect(text).toContain(`  failures    1 kind in 37 of 1,000 runs
       37x linearizable(x): stale read  (1a2b3c4d, first seed 0x5eed1f)
           npx petrel replay v1.raft-kv.5eed1f.kQ4x
`)
    expect(text).toMatch(/1 kind of failure found \(exit 1\)\n$/)
  })

  test('says why there is no answer', () => {
    expect(sweepSummary(undecided, PLAIN)).toMatch(
      /3 runs ended without an answer\n\n {2}no answer: the budget of 5,000,000 steps was spent \(exit 2\)\n$/,
    )
  })

  test('speaks of one run where there is one, and of no pace where no time passed', () => {
    const text = sweepSummary({ ...passing, runs: 1, firstSeed: 0x5eed1f, wallMs: 0 }, PLAIN)
    expect(text).toContain('PASS raft-kv  1 run, seed 0x5eed1f, in 0 ms\n')
    expect(text).not.toMatch(/NaN|Infinity|median/)
    expect(text).toContain('every property held in the run (exit 0)')
  })

  test('is at most 100 columns wide with or without colours, whatever the names', () => {
    fc.assert(
      fc.property(hostileSweeps, fc.boolean(), (summary, unicode) => {
        const text = sweepSummary(summary, { colour: 0, unicode })
        expect(plain(sweepSummary(summary, { colour: 1, unicode }))).toBe(text)
        expect(text).toMatch(unicode ? /^[\n -~\u00a1-\u257f]*$/ : /^[\n -~]*$/)
        const tokens = new Set(summary.failures.map((failure) => failure.token))
        expect(text.split('\n').filter((line) => line.length > 100 && !tokens.has(line))).toEqual([])
      }),
    )
  })
})

describe('the progress line', () => {
  const progress = { runs: 412, plannedRuns: 1000, elapsedMs: 3700, faults: 12_044, failures: [] }

  test('shows runs, pace, faults, time left and failures by fingerprint', () => {
    expect(progressLine(progress, PLAIN)).toBe('412/1,000 runs  111/s  12,044 faults  6 s left')
    const { fingerprint } = staleFailure
    expect(progressLine({ ...progress, failures: [{ fingerprint, count: 12 }] }, PLAIN)).toMatch(
      / {2}FAIL 1a2b3c4dx12$/,
    )
  })

  test('counts down to a time limit where no number of runs is set', () => {
    expect(progressLine({ ...progress, plannedRuns: undefined, timeLimitMs: 60_000 }, PLAIN)).toBe(
      '412 runs  111/s  12,044 faults  57 s left',
    )
  })

  test('says nothing of what is not known at the start', () => {
    expect(progressLine({ ...progress, runs: 0, elapsedMs: 0 }, PLAIN)).toBe('0/1,000 runs  0/s  12,044 faults')
  })

  test('never wraps', () => {
    const failures = Array.from({ length: 30 }, (_, index) => ({ fingerprint: `fingerprint${index}`, count: 5 }))
    fc.assert(
      fc.property(fc.nat(200), (columns) => {
        expect(progressLine({ ...progress, failures }, PLAIN, columns).length).toBeLessThanOrEqual(columns)
      }),
    )
  })
})
