import { expect, test } from 'vitest'
import { EdnReader } from '../../../../checks/formats/edn/reader.ts'

function read(text: string): unknown {
  const reader = new EdnReader()
  reader.push(text)
  reader.close()
  return reader.read()
}

test.each<readonly [string, unknown]>([
  ['nil', null],
  ['true', true],
  ['false ', false],
  ['12', 12],
  ['-7', -7],
  ['+7', 7],
  ['1.5', 1.5],
  ['-2e3', -2000],
  ['3.25M', 3.25],
  ['12345N', 12345],
  ['9007199254740993', 9007199254740993n],
  ['-123456789012345678901234567890', -123456789012345678901234567890n],
  ['##Inf', Infinity],
  ['##-Inf', -Infinity],
  [':read', ':read'],
  [':jepsen/op', ':jepsen/op'],
  ['symbol', 'symbol'],
  ['-', '-'],
  ['"a \\"b\\" \\\\ \\n \\u00e9"', 'a "b" \\ \n é'],
  ['\\a', 'a'],
  ['\\newline', '\n'],
  ['\\u0041', 'A'],
  ['\\(', '('],
  ['[1, [2 3] ()]', [1, [2, 3], []]],
  ['#{1 2}', new Set([1, 2])],
  [
    '{:a 1, "b" [2]}',
    new Map<string, unknown>([
      [':a', 1],
      ['b', [2]],
    ]),
  ],
  ['#inst "2026-01-01"', '2026-01-01'],
  ['#my.Record{:a 1}', new Map([[':a', 1]])],
  ['[1 #_ 2 #_{:a [1]} 3] ; the end', [1, 3]],
  ['^{:doc "x"} [1]', [1]],
  ['; a comment\n 5', 5],
])('%s', (text, value) => {
  expect(read(text)).toEqual(value)
})

test.each([
  ['[1 2', /ends in the middle of a form/],
  ['{:a}', /a map has a key without a value/],
  [')', /"\)" closes nothing/],
  ['"abc', /a string has no end/],
])('%s is no form', (text, message) => {
  expect(() => read(text)).toThrow(message)
})
