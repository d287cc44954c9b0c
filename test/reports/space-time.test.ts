import { describe, expect, test } from 'vitest'
import { sliceOf } from '../../reports/slice.ts'
import { spaceTimeDiagram } from '../../reports/space-time.ts'
import { PLAIN } from '../../reports/style.ts'
import type { Violation } from '../../checks/verdict.ts'
import { staleTrace, staleViolation } from './support/stale-read.ts'
import { TraceBuilder } from './support/trace-builder.ts'

const violation: Violation = { property: 'p', shape: 's', summary: '', because: [], operations: [], atMs: 0 }

function diagram(build: TraceBuilder, nodes: readonly string[], found: Violation): readonly string[] {
  const trace = { nodes, events: build.events }
  return spaceTimeDiagram(trace, sliceOf(trace, found), found, PLAIN)
}

describe('the space-time diagram', () => {
  test('draws lines, arrows and walls where the terminal has them', () => {
    const lines = spaceTimeDiagram(staleTrace, sliceOf(staleTrace, staleViolation), staleViolation, {
      colour: 0,
      unicode: true,
    })
    expect(lines.slice(4, 9)).toEqual([
      '    0.190    │        │        L2◄──────○        │    became leader term=2 #10 (RequestVoteReply)',
      '    0.195    │        │        ○───────►F2       │    became follower term=2 #11 (AppendEntries)',
      '    0.196    │        │        ○────────┼───────►F2   became follower term=2 #12 (AppendEntries)',
      '    1.200    │ ╱╱╱╱╱╱ │        L2 ╱╱╱╱╱ F2       F2   partition #13',
      '    2.191    │        │        ○─────×  │        │    AppendEntries lost #72 (1 of 20, partition)',
    ])
  })

  test('shows a power loss, the line of a node that is down, and its restart', () => {
    const build = new TraceBuilder()
    build.start(0, 'n1')
    build.start(0, 'n2')
    const fault = { id: 3, kind: 'power-loss', node: 'n1', atMs: 5, restartAfterMs: 20 } as const
    build.add(5, 'fault', { node: 'n1', label: 'power-loss', fault: 3, body: fault })
    build.add(5, 'crash', { node: 'n1', label: 'power loss', fault: 3, reason: 'power loss' })
    build.timer(10, 'n2', 'tick', 0, [{ event: 'alone' }, { event: 'waits', detail: { ms: 5 } }])
    build.add(25, 'start', { node: 'n1', label: 'restart' })
    const end = build.deliver(30, 'n2', 'n1', 'Hello', 5)
    expect(diagram(build, ['n1', 'n2'], { ...violation, shape: 'torn record', atEvent: end })).toEqual([
      '    T+       n1        n2',
      '    0.005    X         |    n1 crashes (power loss) #4',
      '    0.010    :         *    alone #5; waits ms=5 (timer tick)',
      '    0.025    ^         |    n1 starts again #6',
      '    0.030    |<--------o    Hello #7  <== TORN RECORD',
    ])
  })

  test('gives columns to the busiest nodes where there are too many, and names a sender without one', () => {
    const build = new TraceBuilder()
    const nodes = Array.from({ length: 12 }, (_, index) => `node${index}`)
    let cause = build.invoke(0, 'node0', 1, { action: 'get', key: 'x' })
    for (let index = 1; index < 12; index++)
      cause = build.deliver(index, `node${index - 1}`, `node${index}`, 'Pass', cause)
    cause = build.deliver(12, 'node11', 'node0', 'Pass', cause)
    build.return(12, 'node0', 1, 0, cause)
    const lines = diagram(build, nodes, { ...violation, operations: [1] })
    expect(lines[0]).toBe('    T+       node0  node1  node2  node3  node4  node5  node6  node7')
    expect(lines.every((line) => line.length <= 100)).toBe(true)
    expect(lines.at(-1)).toContain('from node11: T1 -> 0')
  })
})
