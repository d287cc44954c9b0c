import { describe, expect, test } from 'vitest'
import { planRun } from '../../explore/plan-run.ts'
import { executeRun } from '../../explore/run.ts'
import { dhtKv } from '../../scenarios/dht-kv.ts'

/**
 * For each planted bug, and each hole of the first design, a run that shows it, and what it breaks; the same run of the
 * right machine breaks nothing. Step by step the bugs are told in test/nodes/dht/transcripts.
 */
const WITNESSES = [
  ['D01', 0x438, 'an answer holds every acknowledged write'],
  ['D04', 0x3ec, 'all nodes come to one ring'],
  ['D05', 0x4f8, 'all nodes come to one ring'],
  ['D06', 0x3eb, 'all replicas are equal'],
  ['D08', 0x3f8, 'no two writes have one dot'],
  ['as-published-clock', 0x4cf, 'the ring settles'],
  ['as-published-forwarding', 0x3ea, 'no request goes round for ever'],
  ['as-published-ghost', 0x421, 'the ring has no ghosts'],
  ['as-published-leave', 0x3e8, 'the ring has no ghosts'],
  ['as-published-migration', 0x438, 'an answer holds every acknowledged write'],
  ['as-published-missing', 0x3f9, 'an answer holds every acknowledged write'],
  ['as-published-neighbours', 0x3ef, 'no acknowledged write is lost'],
  ['as-published-one-copy', 0x3f1, 'no acknowledged write is lost'],
] as const

describe('planted bugs of the table', () => {
  for (const [bug, seed, property] of WITNESSES) {
    test(`${bug} breaks "${property}"`, { timeout: 60_000 }, () => {
      const run = (settings: object) => executeRun(dhtKv, planRun(dhtKv, seed, { ...dhtKv.defaults, ...settings }))
      expect(run({ bug }).violations.map((violation) => violation.property)).toContain(property)
      expect(run({}).verdict).toBe('ok')
    })
  }

  test('are listed with what they violate', () => {
    expect(dhtKv.bugs!.map(({ id }) => id).join(' ')).toBe(
      'D01 D04 D05 D06 D08 as-published-clock as-published-forwarding as-published-ghost as-published-leave as-published-migration as-published-missing as-published-neighbours as-published-one-copy',
    )
  })
})
