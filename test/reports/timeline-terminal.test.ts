import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operation } from '../../checks/history.ts'
import { PLAIN } from '../../reports/style.ts'
import { timelineLines, type Bar } from '../../reports/timeline-terminal.ts'

function bar(label: string, process: string, invokedAtMs: number, returnedAtMs: number, isStuck = false): Bar {
  const outcome: Operation['outcome'] = returnedAtMs === Infinity ? 'info' : 'ok'
  return { label, isStuck, operation: { id: 0, process, input: {}, invokedAtMs, returnedAtMs, outcome } }
}

const UNICODE = { colour: 0, unicode: true } as const

test('a row a process, ends in their order and evenly apart, and no end for what never returned', () => {
  const bars = [bar('T1', 'alice', 0, 1), bar('T2', 'bob', 0.5, Infinity), bar('T3', 'alice', 900, 901)]
  expect(timelineLines(bars, UNICODE)).toEqual([
    '    alice  ├──────T1───────┤       ├──T3───┤',
    '    bob            ├──────────────T2───────────────►',
  ])
  expect(timelineLines(bars, PLAIN)).toEqual([
    '    alice  |------T1-------|       |--T3---|',
    '    bob            |--------------T2--------------->',
  ])
})

test('what no order has a place for is red', () => {
  const [line] = timelineLines([bar('T1', 'a', 0, 1, true)], { colour: 1, unicode: false })
  expect(line).toContain('\u001b[1m\u001b[31m|--T1---|')
})

test('whatever comes, a line has at most 100 columns, and every process its line', () => {
  const names = fc.oneof(fc.constantFrom('a', 'b', '\u001b[2J', '\u202e', 'x'.repeat(200)), fc.string())
  const bars = fc.array(
    fc
      .tuple(names, fc.nat(50), fc.oneof(fc.nat(20), fc.constant(Infinity)))
      .map(([process, from, length]) => bar('T12', process, from, from + length)),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(bars, (some) => {
      const lines = timelineLines(some, PLAIN)
      expect(lines).toHaveLength(new Set(some.map(({ operation }) => operation.process)).size)
      for (const line of lines) expect(line).toMatch(/^[ -~]{0,100}$/)
    }),
    { seed: 1, numRuns: 200 },
  )
})
