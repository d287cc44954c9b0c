import { expect, test } from 'vitest'
import { parseKvEdn } from '../../../checks/formats/kv-edn.ts'
import { check } from '../../../checks/linearizability/linearizable.ts'
import { kv } from '../../../checks/models/kv.ts'

const text = `
{:process 0, :type :invoke, :f :append, :key "0", :value "x 0 \\"y\\""}
{:process 1, :type :invoke, :f :get, :key "0", :value nil}
{:process 0, :type :ok, :f :append, :key "0", :value "x 0 \\"y\\""}
{:process 1, :type :ok, :f :get, :key "0", :value "x 0 \\"y\\""}
{:process 0, :type :invoke, :f :put, :key "0", :value ""}
{:process 0, :type :info, :f :put, :key "0", :value ""}
`

test('one map a line becomes operations on keys', () => {
  const history = parseKvEdn(text)
  expect(history).toEqual([
    {
      id: 0,
      process: '0',
      input: { action: 'append', key: '0', value: 'x 0 "y"' },
      invokedAtMs: 2,
      returnedAtMs: 4,
      outcome: 'ok',
    },
    {
      id: 1,
      process: '1',
      input: { action: 'get', key: '0' },
      output: 'x 0 "y"',
      invokedAtMs: 3,
      returnedAtMs: 5,
      outcome: 'ok',
    },
    {
      id: 2,
      process: '0',
      input: { action: 'put', key: '0', value: '' },
      invokedAtMs: 6,
      returnedAtMs: 7,
      outcome: 'info',
    },
  ])
  expect(check(history, kv).verdict).toBe('ok')
})

test.each([
  ['{:process 0}', 'line 1: expected {:process N, :type :T, :f :F, :key "K", :value "V"}, found {:process 0}'],
  ['{:process 0, :type :ok, :f :get, :key "0", :value ""}', 'line 1: process 0 has no operation under way'],
  ['{:process 0, :type :invoke, :f :get, :key "\\q", :value nil}', 'line 1: "\\q" is not a string'],
])('%s is refused with the number of the line', (line, message) => {
  expect(() => parseKvEdn(line)).toThrow(message)
})
