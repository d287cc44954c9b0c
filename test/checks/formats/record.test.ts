import { expect, test } from 'vitest'
import { readHistory } from '../../../checks/formats/read-history.ts'
import { recordHistory } from '../../../checks/formats/record.ts'
import { check } from '../../../checks/linearizability/linearizable.ts'
import { casRegister, type CasRegisterInput } from '../../../checks/models/cas-register.ts'

function recorded(now?: () => number) {
  const recorder = recordHistory<CasRegisterInput, unknown>({ now })
  recorder.invoke('a', { action: 'write', value: 1 }).ok()
  const late = recorder.invoke('b', { action: 'cas', expected: 2, next: 3 })
  recorder.invoke('a', { action: 'read' }).ok(1)
  late.fail('found 1', { observed: false })
  recorder.invoke('c', { action: 'write', value: 9 }).info('timeout')
  recorder.invoke('d', { action: 'read' }).fail('connection refused')
  recorder.invoke('e', { action: 'read' })
  return recorder
}

test('what a program did is a history at once, and after the way through a file the same', () => {
  let timeMs = 0
  const recorder = recorded(() => (timeMs += 0.5))
  expect(check(recorder.history, casRegister).verdict).toBe('ok')
  expect(readHistory(recorder.jsonl(), 'cas-register')).toEqual(
    recorder.history.map((operation) => ({
      output: undefined,
      reason: undefined,
      observed: undefined,
      returnedAtEvent: undefined,
      ...operation,
    })),
  )
})

test('without a clock the order of the calls is their time', () => {
  expect(recorded().history[1]).toMatchObject({ invokedAtMs: 3, returnedAtMs: 6 })
})

test('lines are told as soon as they are known', () => {
  const lines: string[] = []
  const recorder = recordHistory({ onLine: (line) => lines.push(line) })
  const call = recorder.invoke('a', { action: 'read' })
  expect(lines).toEqual(['{"type":"invoke","process":"a","input":{"action":"read"}}'])
  call.ok(new Set([1]))
  expect(lines[1]).toBe('{"type":"ok","process":"a","output":[1]}')
  expect(recorder.jsonl()).toBe(`${lines.join('\n')}\n`)
})

test('a process has one operation at a time, which ends once', () => {
  const recorder = recordHistory()
  const call = recorder.invoke('a', 1)
  expect(() => recorder.invoke('a', 2)).toThrow('Process a already has an operation under way')
  call.ok()
  expect(() => call.info()).toThrow('The operation of process a has ended already')
})

test('a clock that is put back condemns nobody, and its file is read again', () => {
  const timesMs = [100, 110, 50, 60, 55, 70]
  const recorder = recordHistory<CasRegisterInput, unknown>({ now: () => timesMs.shift()! })
  recorder.invoke('a', { action: 'write', value: 1 }).ok()
  recorder.invoke('b', { action: 'write', value: 2 }).ok()
  recorder.invoke('a', { action: 'read' }).ok(2)
  expect(check(recorder.history, casRegister).verdict).toBe('ok')
  expect(check(readHistory(recorder.jsonl(), 'cas-register'), casRegister).verdict).toBe('ok')
})
