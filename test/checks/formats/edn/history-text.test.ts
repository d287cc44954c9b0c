import { describe, expect, test } from 'vitest'
import { check } from '../../../../checks/linearizability/linearizable.ts'
import { casRegister } from '../../../../checks/models/cas-register.ts'
import { detectFormat, parseRecording } from '../../../../checks/formats/parse.ts'
import { readHistory } from '../../../../checks/formats/read-history.ts'

const TABBED = [
  '0\t:invoke\t:write\t3',
  '1\t:invoke\t:cas\t[3 4]',
  '0\t:ok\t:write\t3',
  ':nemesis\t:info\t:start\t"Cut off [:n3 #[:n4]]"',
  '1\t:info\t:cas\t[3 4]\t:conn-lost',
  '2\t:invoke\t:read\tnil',
  '2\t:ok\t:read\t4',
  '3\t:invoke\t:read\tnil',
  '3\t:fail\t:read\tnil\t["no connection" 7]',
].join('\n')

const IN_VECTORS = TABBED.split('\n')
  .map((line) => `[${line.replaceAll('\t', '  ')}]`)
  .join('\n')

describe.each([
  ['fields with tabs between them', TABBED],
  ['a vector a line', IN_VECTORS],
])('history.txt of Jepsen, %s', (_, text) => {
  test('is known by its beginning', () => {
    expect(detectFormat(text)).toBe('text')
    expect(detectFormat(`\n:nemesis\t:info\t:start\tnil\n${text}`)).toBe('text')
  })

  test('has processes, values in EDN, errors, and no times; the nemesis is passed over', () => {
    const { operations, timed, lines } = parseRecording(text)
    expect(timed).toBe(false)
    expect(lines).toEqual([1, 2, 6, 8])
    expect(operations).toMatchObject([
      { process: '0', input: { f: 'write', value: 3 }, outcome: 'ok', invokedAtEvent: 1, returnedAtEvent: 3 },
      { process: '1', input: { f: 'cas', value: [3, 4] }, outcome: 'info', reason: 'conn-lost' },
      { process: '2', input: { f: 'read', value: null }, outcome: 'ok', output: 4 },
      { process: '3', input: { f: 'read', value: null }, outcome: 'fail', reason: '["no connection" 7]' },
    ])
  })

  test('is judged', () => {
    expect(check(readHistory(text, 'cas-register'), casRegister).verdict).toBe('ok')
    const lost = readHistory(text.replace('3 4]\n', '3 5]\n').replaceAll('[3 4]', '[3 5]'), 'cas-register')
    expect(check(lost, casRegister).verdict).toBe('violated')
  })
})

test.each([
  [
    'a line that is cut off',
    '0\t:invoke\t:write\t3\n0\t:o',
    /^line 2: expected "PROCESS :TYPE :FUNCTION VALUE", found/,
  ],
  ['a value that is cut off', '\n0\t:invoke\t:cas\t[3', /^line 2: the text ends in the middle of a form/],
  ['a bracket too many', '0\t:invoke\t:cas\t]', /^line 1: /],
  ['a return without a call', '\n0\t:ok\t:write\t3', /^line 2: process 0 has no operation under way/],
  ['another line', '0\t:invoke\t:write\t3\nhello', /^line 2: expected .* found "hello"/],
])('%s is refused with the number of the line', (_, text, message) => {
  expect(() => parseRecording(text, 'text')).toThrow(message)
})
