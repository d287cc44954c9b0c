import { describe, expect, test } from 'vitest'
import {
  benchDocument,
  listDocument,
  replayDocument,
  runDocument,
  shrinkDocument,
  worstVerdict,
} from '../../reports/json.ts'
import { staleFailure, staleResult, staleShrunk } from './support/stale-read.ts'
import { failing, passing, undecided } from './support/sweep.ts'

/** What a program reads: through JSON, as undefined fields and infinities are not there any more. */
const read = (document: unknown) => JSON.parse(JSON.stringify(document))

describe('the JSON documents', () => {
  test('of a run has the fields of schema 1', () => {
    expect(read(runDocument([failing]))).toEqual({
      schema: 1,
      command: 'run',
      scenario: 'raft-kv',
      verdict: 'violated',
      firstSeed: '0x1',
      runs: 1000,
      events: 12_345_678,
      messages: 9_876_543,
      virtualMs: 10_000_000,
      wallMs: 9100,
      traceHash: '00c0ffee00c0ffee',
      operations: { ok: 281_334, fail: 4100, info: 12_566, medianOk: 287 },
      failures: [
        {
          scenario: 'raft-kv',
          seed: '0x5eed1f',
          property: 'linearizable(x)',
          shape: 'stale read',
          summary: '2 operations cannot be ordered',
          fingerprint: '1a2b3c4d',
          count: 37,
          token: 'v1.raft-kv.5eed1f.kQ4x',
          faults: 1,
          operations: 2,
          nodes: 3,
          events: 91,
          bakedIn: staleShrunk.bakedIn,
          cause: staleShrunk.cause,
        },
      ],
      sometimes: { 'leader changed': 412, 'read served by a follower': 0 },
      neverSeen: ['read served by a follower'],
      unknown: 0,
      faults: passing.faults,
    })
  })

  test('of several scenarios sums them, and the worst verdict is the verdict', () => {
    const document = read(runDocument([passing, { ...undecided, scenario: 'other' }, failing]))
    expect(document).toMatchObject({
      schema: 1,
      command: 'run',
      verdict: 'violated',
      runs: 3000,
      virtualMs: 30_000_000,
    })
    expect(document.scenarios.map((scenario: { scenario: string }) => scenario.scenario)).toEqual([
      'raft-kv',
      'other',
      'raft-kv',
    ])
    expect(document.failures).toHaveLength(1)
    expect([worstVerdict([]), worstVerdict(['ok', 'unknown'])]).toEqual(['ok', 'unknown'])
  })

  test('of a failure that was not shrunk has no sizes', () => {
    const { failures } = read(runDocument([{ ...failing, failures: [{ ...staleFailure, shrunk: undefined }] }]))
    expect(Object.keys(failures[0])).toEqual([
      'scenario',
      'seed',
      'property',
      'shape',
      'summary',
      'fingerprint',
      'count',
      'token',
    ])
  })

  test('of a replay says how it ended', () => {
    const document = read(
      replayDocument({
        scenario: 'raft-kv',
        token: 'v1.raft-kv.5eed1f.kQ4x',
        outcome: 'reproduced',
        result: staleResult,
        wallMs: 12,
        otherCode: false,
      }),
    )
    expect(document).toMatchObject({
      schema: 1,
      command: 'replay',
      seed: '0x5eed1f',
      outcome: 'reproduced',
      verdict: 'violated',
      traceHash: '00c0ffee00c0ffee',
    })
    expect(document.failures[0]).toMatchObject({ property: 'linearizable(x)', atMs: 2310, atEvent: 91 })
  })

  test('of shrinking says what was and what is left', () => {
    expect(read(shrinkDocument(staleFailure, staleShrunk, 700))).toMatchObject({
      schema: 1,
      command: 'shrink',
      verdict: 'violated',
      replays: 63,
      before: { faults: 41, operations: 312, nodes: 5, events: 4112 },
      after: { faults: 1, operations: 2, nodes: 3, events: 91 },
      required: [{ fault: 17, pass: 20, of: 20 }],
      failures: [{ token: 'v1.raft-kv.5eed1f.kQ4x' }],
    })
  })

  test('of the list has scenarios, planted bugs and controls', () => {
    const bug = { id: 'R23', about: 'reads from local state', violates: 'linearizability', rarity: 'common' } as const
    const scenario = {
      name: 'raft-kv',
      about: 'a dictionary on Raft',
      defaults: { nodes: 5, clients: 3, operations: 300, durationMs: 10_000 },
      system: 'raft',
      bugs: [bug],
      controls: [{ id: 'C1', about: 'term and vote are written apart' }],
    }
    expect(read(listDocument([scenario as never]))).toEqual({ schema: 1, command: 'list', scenarios: [scenario] })
  })

  test('of the benchmark has figures', () => {
    const figure = { name: 'pingpong', value: 5.2e6, unit: 'msg/s', ratio: 0.41 }
    expect(read(benchDocument([figure]))).toEqual({ schema: 1, command: 'bench', figures: [figure] })
  })
})
