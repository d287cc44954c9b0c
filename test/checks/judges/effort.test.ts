import { expect, test } from 'vitest'
import { judgeCausal } from '../../../checks/consistency/causal.ts'
import { judgeSequential } from '../../../checks/consistency/sequential.ts'
import { judgeSessions } from '../../../checks/consistency/sessions.ts'
import type { History, Operation } from '../../../checks/history.ts'
import { judgeSetFull } from '../../../checks/judges/set-full.ts'
import { register } from '../../../checks/models/register.ts'
import type { Verdict } from '../../../checks/verdict.ts'

type Call = readonly [process: string, input: object, output: unknown]

/** One operation after the other. */
function inTurn(length: number, call: (place: number) => Call): History {
  return Array.from({ length }, (_, id): Operation => {
    const [process, input, output] = call(id)
    return { id, process, input, output, invokedAtMs: 10 * id, returnedAtMs: 10 * id + 5, outcome: 'ok' }
  })
}

/** Ten processes in turn write a key of a few, and read what was written last. */
function registers(length: number): History {
  const last = new Map<string, number>()
  return inTurn(length, (place) => {
    const [process, key] = [`p${place % 10}`, `k${Math.floor(place / 2) % 7}`]
    if (place % 2 === 1) return [process, { action: 'read', key }, last.get(key)]
    last.set(key, place)
    return [process, { action: 'write', key, value: place }, null]
  })
}

const LENGTH = 2_000

/** Four times the history may take eight times the steps: that is less than quadratic, and no clock is asked. */
test.each<[string, (history: History) => Verdict]>([
  ['sequential order', (history) => judgeSequential(history, register)],
  ['causal order', (history) => judgeCausal(history, register, { level: 'convergent' })],
  ['causal memory', (history) => judgeCausal(history, register, { level: 'memory' })],
  ['sessions', (history) => judgeSessions(history, register)],
])('the work for %s grows with the history', (_what, judge) => {
  const [small, large] = [judge(registers(LENGTH)), judge(registers(4 * LENGTH))]
  expect([small.verdict, large.verdict]).toEqual(['ok', 'ok'])
  expect(large.steps).toBeLessThan(8 * small.steps)
})

test('the work for sets grows with what was read', () => {
  const sets = (reads: number): History =>
    inTurn(2 * reads, (place) =>
      place % 2 === 0
        ? ['p', { action: 'add', value: place }, null]
        : ['p', { action: 'read' }, Array.from({ length: (place + 1) / 2 }, (_, at) => 2 * at)],
    )
  const valuesRead = (reads: number): number => (reads * (reads + 1)) / 2
  for (const reads of [50, 200]) {
    expect(judgeSetFull(sets(reads)).steps).toBeLessThan(4 * valuesRead(reads))
  }
})
