import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { causalGraph, causalPast, causeChain } from '../../reports/causality.ts'
import { sliceOf } from '../../reports/slice.ts'
import type { TraceEvent } from '../../sim/trace.ts'
import { stories } from './support/hostile.ts'
import { staleTrace, staleViolation } from './support/stale-read.ts'
import { TraceBuilder } from './support/trace-builder.ts'

const at = (events: readonly TraceEvent[], number: number) => events[number - 1] as TraceEvent

describe('the causal past', () => {
  test('has what a node saw before and what was sent to it, and nothing else', () => {
    const build = new TraceBuilder()
    const startA = build.start(0, 'a')
    const startB = build.start(0, 'b')
    const timer = build.timer(1, 'a', 'tick', startA)
    const unrelated = build.timer(2, 'b', 'tick', startB)
    const seen = build.deliver(3, 'a', 'b', 'Hello', timer)
    const later = build.timer(4, 'a', 'tick', timer)
    const graph = causalGraph({ nodes: ['a', 'b'], events: build.events })
    const past = causalPast(graph, [at(build.events, seen)])
    expect([...past.keys()].sort()).toEqual([startA, startB, timer, unrelated, seen])
    expect(past.has(later)).toBe(false)
    expect(past.get(timer)).toBeLessThan(past.get(unrelated) as number)
  })

  test('does not take a lost message for something its receiver saw', () => {
    const build = new TraceBuilder()
    const sent = build.timer(1, 'a', 'tick')
    build.drop(1, 'a', 'b', 'Hello', sent, 1, 'partition')
    const after = build.timer(2, 'b', 'tick')
    const past = causalPast(causalGraph({ nodes: ['a', 'b'], events: build.events }), [at(build.events, after)])
    expect([...past.keys()]).toEqual([after])
  })

  test('follows causes one by one, and ends where a damaged trace has a circle', () => {
    const events: TraceEvent[] = [1, 2].map((number) => ({
      number,
      atUs: number,
      kind: 'timer',
      node: 'a',
      label: 't',
      cause: 3 - number,
      notes: [],
    }))
    const graph = causalGraph({ nodes: ['a'], events })
    expect(causeChain(graph, at(events, 2), 10).map((event) => event.number)).toEqual([1])
    expect(causalPast(graph, [at(events, 2)]).size).toBe(2)
  })
})

describe('the slice', () => {
  test('puts clients first and shows each of them that has a part', () => {
    expect(sliceOf(staleTrace, staleViolation).nodes).toEqual(['c1', 'c2', 'n1', 'n2', 'n3'])
  })

  test('draws the reply that ended an operation and its end as one row', () => {
    const rows = sliceOf(staleTrace, staleViolation).rows.map((row) => row.events.map((event) => event.kind).join('+'))
    expect(rows.at(-1)).toBe('deliver+return')
    expect(rows.filter((row) => row === 'timer+invoke')).toHaveLength(1)
  })

  test('counts losses of one kind instead of showing each', () => {
    const losses = sliceOf(staleTrace, staleViolation).rows.filter((row) => row.events[0]?.kind === 'drop')
    expect(losses.map((row) => row.alike)).toEqual([20, 20, 1, 1])
  })

  test('shows the operations and the fault even where there is room for six rows', () => {
    const shown = sliceOf(staleTrace, staleViolation, 6).rows.flatMap((row) => row.events.map((event) => event.kind))
    expect(shown.sort()).toEqual(['deliver', 'fault', 'invoke', 'invoke', 'return', 'return'])
  })

  test('has nothing of what came after the violation', () => {
    const events = [...staleTrace.events]
    const last = events.length
    events.push({ number: last + 1, atUs: 9e6, kind: 'calm', label: 'calm', cause: 0, notes: [] })
    const rows = sliceOf({ ...staleTrace, events }, staleViolation).rows
    expect(Math.max(...rows.flatMap((row) => row.events.map((event) => event.number)))).toBe(last)
  })

  test('of nothing is nothing', () => {
    expect(sliceOf({ nodes: [], events: [] }, staleViolation)).toEqual({ rows: [], nodes: [], totalEvents: 0 })
  })

  test('never has more than 40 rows, in order, and is the same each time', () => {
    fc.assert(
      fc.property(stories, ({ result, violation }) => {
        const trace = result?.trace ?? staleTrace
        const slice = sliceOf(trace, violation)
        const numbers = slice.rows.flatMap((row) => row.events.map((event) => event.number))
        expect(slice.rows.length).toBeLessThanOrEqual(40)
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
        expect(sliceOf(trace, violation)).toEqual(slice)
      }),
    )
  })

  test('of 20,000 events looks at each a bounded number of times', () => {
    let looks = 0
    const build = new TraceBuilder()
    for (let number = 1; number <= 20_000; number++) {
      build.deliver(
        number,
        `n${(number + 1) % 5}`,
        `n${number % 5}`,
        'Ping',
        Math.max(0, number - 3),
        number % 10 === 0 ? [{ event: 'became leader' }] : [],
      )
    }
    const events = build.events.map(
      (event) =>
        new Proxy(event, {
          get: (target, key) => {
            looks++
            return Reflect.get(target, key)
          },
        }),
    )
    const slice = sliceOf(
      { nodes: ['n0', 'n1', 'n2', 'n3', 'n4'], events },
      { ...staleViolation, operations: [], atEvent: 20_000, nodes: ['n1', 'n2'] },
    )
    expect(slice.rows.length).toBeGreaterThan(10)
    expect(looks).toBeLessThan(20_000 * 100)
  })
})
