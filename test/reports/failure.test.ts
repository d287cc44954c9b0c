import { stripVTControlCharacters as plain } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failureReport } from '../../reports/failure.ts'
import { storyOf } from '../../reports/story.ts'
import { PLAIN } from '../../reports/style.ts'
import { stories } from './support/hostile.ts'
import { staleFailure, stalePlan, staleResult } from './support/stale-read.ts'

const context = { runs: 500, wallMs: 2100, codeHash: '9c1f2ab', version: '0.3.1' }

describe('the report of a failure', () => {
  test('tells a stale read from the contradiction to the cause', () => {
    expect(`\n${failureReport(storyOf(staleFailure, context), PLAIN)}`).toBe(`
FAIL raft-kv --bug R23 > linearizable(x)          seed 0x5eed1f  run 117/500  sim 2.31 s  wall 2.1 s
  replay   npx petrel replay v1.raft-kv.5eed1f.kQ4x      # code 9c1f2ab  petrel 0.3.1

  VIOLATED linearizable(x): 2 operations cannot be ordered                     (event #91, T+2.310s)
    T1  c1 set x=1 -> ok  2.260..2.281  #79..#86  served by n2 (leader, term 3)
    T2  c2 get x -> 0     2.290..2.310  #88..#91  served by n1 (leader, term 2)
    - T1 < T2, because T1 returned at 2.281 and T2 was invoked at 2.290
    - However T2 < T1, because T2 read the initial 0, which T1 overwrote: a contradiction

  FAULTS   1 of 41 kept, ops 2 of 312, nodes 3 of 5                             (shrunk: 63 replays)
    1.200  partition {n1,c2} | {n2,n3,c1} for 1.4 s      required: without it 20/20 pass
  CAUSE    5f3a9c01  a bad network is enough; the wrong answer was given without asking others

  TRACE    24 rows of 91 events: causal past of T1, T2; fault effects                 --full for all
    T+       c1       c2       n1       n2       n3
    0.180    |        |        C2       |        |    became candidate term=2 #6 (timer election)
    0.184    |        |        o------->|        |    RequestVote #7
    0.186    |        |        |        *        |    writes durable #9
    0.190    |        |        L2<------o        |    became leader term=2 #10 (RequestVoteReply)
    0.195    |        |        o------->F2       |    became follower term=2 #11 (AppendEntries)
    0.196    |        |        o--------|------->F2   became follower term=2 #12 (AppendEntries)
    1.200    | ////// |        L2 ///// F2       F2   partition #13
    2.191    |        |        o-----x  |        |    AppendEntries lost #72 (1 of 20, partition)
    2.192    |        |        o--------|-----x  |    AppendEntries lost #73 (1 of 20, partition)
    2.240    |        |        |        C3       |    became candidate term=3 #74 (timer election)
    2.241    |        |        |  x-----o        |    RequestVote lost #75 (partition)
    2.244    |        |        |        o------->|    RequestVote #76
    2.245    |        |        |        |        *    writes durable #77
    2.250    |        |        |        L3<------o    became leader term=3 #78 (RequestVoteReply)
    2.260    *        |        |        |        |    T1 set x=1 #79
    2.265    o--------|--------|------->|        |    ClientRequest #80
    2.266    |        |        |  x-----o        |    AppendEntries lost #81 (partition)
    2.269    |        |        |        o------->F3   became follower term=3 #82 (AppendEntries)
    2.270    |        |        |        |        *    writes durable #83
    2.275    |        |        |        |<-------o    committed index=2 #84 (AppendEntriesReply)
    2.281    *<-------|--------|--------o        |    T1 -> ok #86
    2.290    |        *        |        |        |    T2 get x #88
    2.300    |        o------->|        |        |    ClientRequest #89
    2.310    |        *<-------o        |        |    T2 -> 0 #91  <== STALE READ

  BAKED IN re-rolled futures failing: 0.00s 5%  1.20s 70% ^partition  1.72s 95%  2.19s 100%
  next     petrel explore TOKEN --at 1 | petrel replay TOKEN --full | petrel corpus add TOKEN
`)
  })

  test('puts a token that does not fit on a line of its own, unbroken', () => {
    const token = `v1.raft-kv.5eed1f.${'k'.repeat(300)}`
    const lines = failureReport(storyOf({ ...staleFailure, token }, context), PLAIN).split('\n')
    expect(lines.slice(1, 4)).toEqual([
      '  replay   npx petrel replay \\',
      token,
      '           # code 9c1f2ab  petrel 0.3.1',
    ])
  })

  test('names the nodes where the property is about states', () => {
    const violation = {
      property: 'election safety',
      shape: 'two leaders in one term',
      summary: 'n1 and n2 both lead term 3',
      because: ['n1 became leader of term 3 at 1.200', 'n2 became leader of term 3 at 1.300'],
      operations: [],
      atMs: 1300,
      nodes: ['n1', 'n2'],
    }
    const report = failureReport({ ...storyOf(staleFailure), violation }, PLAIN)
    expect(report)
      .toContain(`  VIOLATED election safety: n1 and n2 both lead term 3                                    (T+1.300s)
    nodes n1, n2
    - n1 became leader of term 3 at 1.200
    - n2 became leader of term 3 at 1.300
`)
    expect(report).toContain('causal past of the violation')
  })

  test('counts a failure that many runs show, and suggests to shrink one that was not', () => {
    const report = failureReport(
      storyOf({ ...staleFailure, shrunk: undefined, count: 37 }, { ...context, plan: stalePlan, result: staleResult }),
      PLAIN,
    )
    expect(report).toContain('  found    37 times in 500 runs, fingerprint 1a2b3c4d\n')
    expect(report).toContain('(not shrunk)')
    expect(report).toContain(
      '  next     petrel shrink TOKEN | petrel explore TOKEN --at 91 | petrel corpus add TOKEN\n',
    )
  })

  test('leaves out what is not known', () => {
    const report = failureReport(storyOf({ ...staleFailure, shrunk: undefined }), PLAIN)
    expect(report).not.toMatch(/FAULTS|TRACE|T1 {2}/)
    expect(report).toContain('a contradiction')
  })

  test('shows a run without events without a diagram', () => {
    const result = { ...staleResult, trace: { nodes: [], events: [] } }
    expect(failureReport({ ...storyOf(staleFailure), result }, PLAIN)).not.toContain('TRACE')
  })

  test('takes numbers of events from the shrunk run, not from the one that first failed', () => {
    const violation = { ...staleFailure.violation, atEvent: 4000, atMs: 9000 }
    expect(failureReport(storyOf({ ...staleFailure, violation }), PLAIN)).toContain('(event #91, T+2.310s)')
  })

  test('is the same text with and without colours', () => {
    const coloured = failureReport(storyOf(staleFailure, context), { colour: 3, unicode: false })
    const uncoloured = failureReport(storyOf(staleFailure, context), PLAIN)
    expect(coloured).not.toBe(uncoloured)
    expect(plain(coloured)).toBe(uncoloured)
  })

  test('is at most 100 columns wide and one column a character, whatever it has to tell', () => {
    fc.assert(
      fc.property(stories, fc.boolean(), (story, unicode) => {
        const report = failureReport(story, { colour: 0, unicode })
        expect(report).toMatch(unicode ? /^[\n -~\u00a1-\u04ff\u2010-\u257f►◄●○]*$/ : /^[\n -~]*$/)
        const tooWide = report.split('\n').filter((line) => line.length > 100 && line !== story.token)
        expect(tooWide).toEqual([])
      }),
    )
  })
})
