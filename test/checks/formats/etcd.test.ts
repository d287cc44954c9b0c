import { expect, test } from 'vitest'
import { parseEtcd } from '../../../checks/formats/etcd.ts'
import { FormatError } from '../../../checks/formats/lines.ts'
import { check } from '../../../checks/linearizability/linearizable.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'

const log = (...lines: string[]) => lines.map((line) => `INFO  jepsen.util - ${line}`).join('\n')

test('reads, writes and compare and sets, with what happened to them', () => {
  const history = parseEtcd(
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
  )
  expect(
    history.map(({ process, input, outcome, output, returnedAtMs }) => [process, input, outcome, output, returnedAtMs]),
  ).toEqual([
    ['0', { action: 'read' }, 'ok', null, 2],
    ['1', { action: 'write', value: 3 }, 'ok', true, 4],
    ['2', { action: 'cas', expected: 3, next: 4 }, 'ok', true, 7],
    ['3', { action: 'cas', expected: 1, next: 2 }, 'ok', false, 8],
    ['4', { action: 'write', value: 1 }, 'info', undefined, 10],
    ['5', { action: 'read' }, 'fail', undefined, 12],
    ['6', { action: 'read' }, 'info', undefined, Infinity],
  ])
  expect(check(history, casRegister).verdict).toBe('ok')
})

test('the next operation of a process may follow one that timed out', () => {
  const history = parseEtcd(
    log('0\t:invoke\t:write\t1', '0\t:info\t:write\t:timed-out', '0\t:invoke\t:read\tnil', '0\t:ok\t:read\t1'),
  )
  expect(history).toHaveLength(2)
})

test.each([
  ['garbage', 'line 1: expected "INFO  jepsen.util - PROCESS :TYPE :ACTION VALUE", found "garbage"'],
  [`\n${log('0\t:invoke\t:cas\t[1]')}`, 'line 2: expected [OLD NEW], found "[1]"'],
  [log('0\t:invoke\t:write\tx'), 'line 1: expected a number or nil, found "x"'],
  [log('0\t:ok\t:read\t1'), 'line 1: process 0 has no operation under way'],
  [log('0\t:invoke\t:read\tnil', '0\t:invoke\t:read\tnil'), 'line 2: process 0 already has an operation under way'],
])('%j is refused with the number of the line', (text, message) => {
  expect(() => parseEtcd(text)).toThrow(
    new FormatError(Number(/\d+/.exec(message)![0]), message.replace(/^line \d+: /, '')),
  )
})
