import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { historyParser, parseRecording } from '../../../../checks/formats/parse.ts'
import { readHistory } from '../../../../checks/formats/read-history.ts'
import { check } from '../../../../checks/linearizability/linearizable.ts'
import { casRegister } from '../../../../checks/models/cas-register.ts'
import { kv } from '../../../../checks/models/kv.ts'

const REGISTER = `; recorded yesterday
{:index 0, :time 1000000, :type :invoke, :process 0, :f :write, :value 1}
{:index 1, :time 1500000, :type :info, :process :nemesis, :f :start, :value "partition [n1] [n2 n3]"}
{:index 2, :time 2000000, :type :ok, :process 0, :f :write, :value 1}
{:index 3, :time 3000000, :type :invoke, :process 1, :f :read, :value nil}

{:index 4, :time 4500000, :type :ok, :process 1, :f :read, :value 1}
{:index 5, :time 5000000, :type :invoke, :process 0, :f :cas, :value [1 2]}
{:index 6, :time 6000000, :type :info, :process 0, :f :cas, :value [1 2], :error :timeout}
`

describe('a map a line', () => {
  test('gives operations with their times, and nothing of the nemesis', () => {
    const history = readHistory(REGISTER, 'cas-register')
    expect(
      history.map(({ process, input, outcome, output, reason }) => [process, input, outcome, output, reason]),
    ).toEqual([
      ['0', { action: 'write', value: 1 }, 'ok', undefined, undefined],
      ['1', { action: 'read' }, 'ok', 1, undefined],
      ['0', { action: 'cas', expected: 1, next: 2 }, 'info', undefined, 'timeout'],
    ])
    expect(history.map(({ invokedAtMs, returnedAtMs }) => [invokedAtMs, returnedAtMs])).toEqual([
      [1, 2],
      [3, 4.5],
      [5, 6],
    ])
    expect(history.map(({ invokedAtEvent, returnedAtEvent }) => [invokedAtEvent, returnedAtEvent])).toEqual([
      [2, 4],
      [5, 7],
      [8, 9],
    ])
    expect(check(history, casRegister).verdict).toBe('ok')
  })

  test('or all in a vector, as records with a tag, on one line: the same operations', () => {
    const vector = `[${REGISTER.replaceAll(/^;.*$/gm, '').replaceAll('{', '#jepsen.history.Op{').replaceAll('\n', ' ')}]`
    const calls = (text: string) =>
      parseRecording(text).operations.map(({ process, input, output }) => [process, input, output])
    expect(calls(vector)).toEqual(calls(REGISTER))
  })

  test('means the same wherever the text is cut into pieces', () => {
    const whole = parseRecording(REGISTER)
    fc.assert(
      fc.property(fc.array(fc.nat(REGISTER.length), { maxLength: 12 }), (cuts) => {
        const parser = historyParser('edn')
        const places = [0, ...cuts.sort((left, right) => left - right), REGISTER.length]
        for (let index = 1; index < places.length; index++)
          parser.push(REGISTER.slice(places[index - 1], places[index]))
        expect(parser.end()).toEqual(whole)
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  test('counts lines as time where there are no times, and has the order of the lines where clocks went back', () => {
    const untimed = parseRecording(REGISTER.replaceAll(/:time \d+,/g, ''))
    expect(untimed.timed).toBe(false)
    expect(untimed.operations[0]).toMatchObject({ invokedAtMs: 2, returnedAtMs: 4 })
    const backwards = parseRecording(REGISTER.replace('3000000', '1700000'))
    expect(backwards.operations[1]).toMatchObject({ invokedAtMs: 2, invokedAtEvent: 5 })
  })
})

describe('keys', () => {
  test('may be a field of their own', () => {
    const text = `
{:process 0, :type :invoke, :f :append, :key "0", :value "x 0 \\"y\\""}
{:process 1, :type :invoke, :f :get, :key "0", :value nil}
{:process 0, :type :ok, :f :append, :key "0", :value "x 0 \\"y\\""}
{:process 1, :type :ok, :f :get, :key "0", :value "x 0 \\"y\\""}`
    const history = readHistory(text, 'kv')
    expect(history.map(({ input, output }) => [input, output])).toEqual([
      [{ action: 'append', key: '0', value: 'x 0 "y"' }, undefined],
      [{ action: 'get', key: '0' }, 'x 0 "y"'],
    ])
    expect(check(history, kv).verdict).toBe('ok')
  })

  test.each([
    ['of pairs that look like vectors', ''],
    ['of tuples with a tag', '#jepsen.independent.Tuple '],
  ])('may be independent ones, %s', (_, tag) => {
    const text = `
{:process 0, :type :invoke, :f :write, :value ${tag}[:a 1]}
{:process 0, :type :ok, :f :write, :value ${tag}[:a 1]}
{:process 0, :type :invoke, :f :cas, :value ${tag}[7 [1 2]]}
{:process 0, :type :fail, :f :cas, :value ${tag}[7 [1 2]]}
{:process 0, :type :invoke, :f :read, :value ${tag}[7 nil]}
{:process 0, :type :ok, :f :read, :value ${tag}[7 5]}`
    expect(readHistory(text, 'cas-register').map(({ input, output }) => [input, output])).toEqual([
      [{ action: 'write', key: ':a', value: 1 }, undefined],
      [{ action: 'cas', key: '7', expected: 1, next: 2 }, undefined],
      [{ action: 'read', key: '7' }, 5],
    ])
  })

  test('are none where a vector is the value', () => {
    const text = `
{:process 0, :type :invoke, :f :write, :value [1 2]}
{:process 0, :type :ok, :f :write, :value [1 2]}
{:process 0, :type :invoke, :f :read, :value nil}
{:process 0, :type :ok, :f :read, :value [1 2]}`
    expect(readHistory(text, 'register').map(({ input, output }) => [input, output])).toEqual([
      [{ action: 'write', value: [1, 2] }, undefined],
      [{ action: 'read' }, [1, 2]],
    ])
  })
})

test('where no event names a process, all are of one client', () => {
  const text = `
{:index 0 :type :invoke :value [[:append 1 2]]}
{:index 1 :type :ok :value [[:append 1 2]]}
{:index 2 :type :invoke, :value [[:r 1 nil]]}
{:index 3 :type :ok, :value [[:r 1 [2]]]}`
  const { operations } = parseRecording(text)
  expect(operations.map(({ process, outcome, output }) => [process, outcome, output])).toEqual([
    ['client', 'ok', [[':append', 1, 2]]],
    ['client', 'ok', [[':r', 1, [2]]]],
  ])
})

const event = (fields: string) => `{:process 0, ${fields}}`
const INVOKE = event(':type :invoke, :f :read, :value nil')

test.each([
  ['a line that is cut off', `${INVOKE}\n{:process 0, :type :o`, /^line 2: the text ends in the middle of a form/],
  ['a string that is cut off', `${INVOKE}\n{:process 0, :error "no\n`, /^line 2: a string has no end/],
  ['a vector that is cut off', `[${INVOKE}\n`, /^line 2: the vector around all events has no end/],
  ['a return without a call', `\n${event(':type :ok, :f :read')}`, /^line 2: process 0 has no operation under way/],
  ['two calls of one process', `${INVOKE}\n${INVOKE}`, /^line 2: process 0 already has .* that of line 1/],
  [
    'an end of another call',
    `${INVOKE}\n${event(':type :ok, :f :write')}`,
    /^line 2: process 0 has "read" under way, from line 1, and this ends "write"/,
  ],
  [
    'a type that is none',
    event(':type :done, :f :read'),
    /^line 1: :type must be :invoke, :ok, :fail or :info, not :done/,
  ],
  ['a map without a process among others', `${INVOKE}\n{:type :ok}`, /^line 2: .* no :process/],
  ['two calls at once of nobody', '{:type :invoke}\n{:type :invoke}', /^line 2: process client already has .* line 1/],
  ['something else', '{:process 0} 12', /^line 1: /],
  ['what follows the vector', `[${INVOKE}]\n${INVOKE}`, /^line 2: something follows/],
  ['an escape that is none', event(':value "\\q"'), /^line 1: "\\q" is no escape sequence/],
  ['a bracket too many', `${INVOKE}\n}`, /^line 2: expected a map/],
  ['forms nested without end', event(`:value ${'['.repeat(1e5)}`), /^line 1: forms are nested more than 256 deep/],
])('%s is refused with the number of the line', (_, text, message) => {
  expect(() => parseRecording(text, 'edn')).toThrow(message)
})
