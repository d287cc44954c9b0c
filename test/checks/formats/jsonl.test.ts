import { describe, expect, test } from 'vitest'
import { parseRecording } from '../../../checks/formats/parse.ts'
import { readHistory } from '../../../checks/formats/read-history.ts'

const lines = (...records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('')

describe('a line for each end of an operation', () => {
  test('gives operations in the words of the file', () => {
    const text = lines(
      { type: 'invoke', process: 'c1', f: 'put', key: 'x', value: 'a', time: 1.5 },
      { type: 'invoke', process: 2, f: 'get', key: 'x', time: 1.75 },
      { type: 'ok', process: 'c1', time: 2 },
      { type: 'info', process: 'nemesis', f: 'kill', value: 'n1', time: 2 },
      { type: 'ok', process: 2, f: 'get', value: 'a', time: 3 },
    )
    expect(readHistory(text, 'kv')).toMatchObject([
      { id: 0, process: 'c1', input: { action: 'put', key: 'x', value: 'a' }, invokedAtMs: 1.5, returnedAtMs: 2 },
      { id: 1, process: '2', input: { action: 'get', key: 'x' }, output: 'a', invokedAtMs: 1.75, returnedAtMs: 3 },
    ])
  })

  test('may have inputs and outputs as the models know them', () => {
    const text = lines(
      { type: 'invoke', process: 'c1', input: { action: 'cas', expected: 1, next: 2 } },
      { type: 'fail', process: 'c1', observed: true, output: false, error: 'found 3' },
      { type: 'invoke', process: 'c1', input: { action: 'read' } },
      { type: 'ok', process: 'c1', output: 3 },
    )
    expect(readHistory(text, 'cas-register')).toMatchObject([
      { input: { action: 'cas', expected: 1, next: 2 }, outcome: 'fail', observed: true, output: false },
      { input: { action: 'read' }, outcome: 'ok', output: 3 },
    ])
  })
})

test('a line for each operation, in any order: times count', () => {
  const text = lines(
    { type: 'ok', process: 'c2', f: 'read', output: 7, invoked: 20, returned: 21 },
    { type: 'info', process: 'c1', f: 'write', value: 7, invoked: 10, returned: null },
  )
  expect(readHistory(text, 'register')).toMatchObject([
    { id: 0, process: 'c1', input: { action: 'write', value: 7 }, invokedAtMs: 10, returnedAtMs: Infinity },
    { id: 1, process: 'c2', input: { action: 'read' }, output: 7, invokedAtMs: 20, returnedAtMs: 21 },
  ])
})

const INVOKE = '{"type":"invoke","process":1,"f":"read"}'

test.each([
  ['no JSON', 'hello', /^line 1: no JSON: hello/],
  ['a line that is cut off', `${INVOKE}\n{"type":"ok","proc`, /^line 2: the line ends in the middle/],
  ['a list', '[1]', /^line 1: expected a JSON object/],
  [
    'an unknown field',
    `${INVOKE}\n{"type":"ok","process":1,"vlaue":3}`,
    /^line 2: unknown field "vlaue"; there are type,/,
  ],
  ['a field of the wrong type', '{"type":"done","process":1}', /^line 1: "type" must be "invoke", .* not "done"/],
  ['a time that is no number', '{"type":"ok","process":1,"time":"now"}', /^line 1: "time" must be a number of milli/],
  ['a line without a process', '{"type":"ok"}', /^line 1: there is no "process" in it/],
  ['a call of nothing', '{"type":"invoke","process":1}', /^line 1: there is no "f" in it/],
  ['a return without a call', '{"type":"ok","process":1}', /^line 1: process 1 has no operation under way/],
  ['two calls of one process', `${INVOKE}\n\n${INVOKE}`, /^line 3: process 1 already has .* that of line 1/],
  [
    'time that goes back',
    `{"type":"invoke","process":1,"f":"read","time":5}\n{"type":"ok","process":1,"time":4}`,
    /^line 2: its time, 4, is before 5.* sort the lines/,
  ],
  [
    'a number that JSON makes another of',
    '{"type":"invoke","process":1,"f":"write","value":12345678901234567890}',
    /^line 1: the number 12345678901234567890 is too large/,
  ],
  [
    'a value that is nested without end',
    `${INVOKE}\n{"type":"ok","process":1,"value":${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}}`,
    /^line 2: values are nested more than 256 deep$/,
  ],
  [
    'two forms in one file',
    `${INVOKE}\n{"type":"ok","process":2,"f":"read","invoked":1,"returned":2}`,
    /^line 2: it has "invoked", unlike/,
  ],
  [
    'a return before the call',
    '{"type":"ok","process":2,"f":"read","invoked":3,"returned":2}',
    /^line 1: it returned at 2, before/,
  ],
  [
    'an answer without a return',
    '{"type":"ok","process":2,"f":"read","invoked":3}',
    /^line 1: it ended ok, so it must have "returned"/,
  ],
  [
    'operations of one process that overlap',
    '{"type":"ok","process":2,"f":"read","invoked":1,"returned":9}\n{"type":"ok","process":2,"f":"read","invoked":3,"returned":5}',
    /^line 2: process 2 was still at work on the operation of line 1/,
  ],
])('%s is refused with the number of the line', (_, text, message) => {
  expect(() => parseRecording(text, 'jsonl')).toThrow(message)
})

test('a long string beside a long number is looked through like any other', () => {
  const value = 'x\\\\"'.repeat(3_000_000)
  const text = JSON.stringify({ type: 'invoke', process: 1, f: 'write', value: { value, digits: '1234567890123456' } })
  expect(parseRecording(text).operations[0]!.input.value).toMatchObject({ value })
  const inexact = text.replace('"1234567890123456"', '12345678901234567890')
  expect(() => parseRecording(inexact)).toThrow('the number 12345678901234567890 is too large')
})

test('long numbers in strings are no numbers', () => {
  const text = `{"type":"invoke","process":1,"f":"write","value":"12345678901234567890"}`
  expect(parseRecording(text).operations[0]!.input.value).toBe('12345678901234567890')
})

test('many brackets side by side are not deep', () => {
  const value = Array.from({ length: 1000 }, (_, number) => [number, { number }])
  const text = JSON.stringify({ type: 'invoke', process: 1, f: 'write', value })
  expect(parseRecording(text).operations[0]!.input.value).toEqual(value)
})
