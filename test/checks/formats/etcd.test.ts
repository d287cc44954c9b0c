import { expect, test } from 'vitest'
import { FormatError } from '../../../checks/formats/lines.ts'
import { readHistory } from '../../../checks/formats/read-history.ts'
import { check } from '../../../checks/linearizability/linearizable.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'

const log = (...lines: string[]) => lines.map((line) => `INFO  jepsen.util - ${line}`).join('\n')

test('reads, writes and compare and sets, with what happened to them', () => {
  const history = readHistory(
    log(
      '0\t:invoke\t:read\tnil',
      '0\t:ok\t:read\tnil',
      '1  :invoke :write  3',
      '1  :ok :write  3',
      '2\t:invoke\t:cas\t[3 4]',
      '3\t:invoke\t:cas\t[1 2]',
      '2\t:ok\t:cas\t[3 4]',
      '3\t:fail\t:cas\t[1 2]',
      '4\t:invoke\t:write\t1',
      '4\t:info\t:write\t:timed-out',
      '5\t:invoke\t:read\tnil',
      '5\t:fail\t:read\t:timed-out',
      '6\t:invoke\t:read\tnil',
    ),
    'cas-register',
  )
  expect(
    history.map(({ process, input, outcome, output, returnedAtMs }) => [process, input, outcome, output, returnedAtMs]),
  ).toEqual([
    ['0', { action: 'read' }, 'ok', null, 2],
    ['1', { action: 'write', value: 3 }, 'ok', undefined, 4],
    ['2', { action: 'cas', expected: 3, next: 4 }, 'ok', true, 7],
    ['3', { action: 'cas', expected: 1, next: 2 }, 'fail', false, 8],
    ['4', { action: 'write', value: 1 }, 'info', undefined, 10],
    ['5', { action: 'read' }, 'fail', undefined, 12],
    ['6', { action: 'read' }, 'info', undefined, Infinity],
  ])
  expect(history.map(({ observed }) => observed === true)).toEqual([false, false, false, true, false, false, false])
  expect(check(history, casRegister).verdict).toBe('ok')
})

test('the next operation of a process may follow one that timed out', () => {
  const history = readHistory(
    log('0\t:invoke\t:write\t1', '0\t:info\t:write\t:timed-out', '0\t:invoke\t:read\tnil', '0\t:ok\t:read\t1'),
    'cas-register',
  )
  expect(history).toHaveLength(2)
})

test('a compare and set that failed saw another value, and may condemn a history', () => {
  const history = readHistory(
    log('0\t:invoke\t:write\t1', '0\t:ok\t:write\t1', '1\t:invoke\t:cas\t[1 2]', '1\t:fail\t:cas\t[1 2]'),
    'cas-register',
  )
  expect(check(history, casRegister).verdict).toBe('violated')
})

test.each([
  ['INFO garbage', 'line 1: expected "INFO  jepsen.util - PROCESS :TYPE :ACTION VALUE", found "INFO garbage"'],
  [`\n${log('0\t:invoke\t:cas\t[1]')}`, 'line 2: expected [OLD NEW], found "[1]"'],
  [log('0\t:invoke\t:write\tx'), 'line 1: expected a number or nil, found "x"'],
  [log('0\t:ok\t:read\t1'), 'line 1: process 0 has no operation under way that could end "ok"'],
  [
    log('0\t:invoke\t:read\tnil', '0\t:invoke\t:read\tnil'),
    'line 2: process 0 already has an operation under way, that of line 1; a process that works on several at a time must be recorded as several',
  ],
])('%j is refused with the number of the line', (text, message) => {
  expect(() => readHistory(text, 'cas-register')).toThrow(
    new FormatError(Number(/\d+/.exec(message)![0]), message.replace(/^line \d+: /, '')),
  )
})
