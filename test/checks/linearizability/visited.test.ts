import { expect, test } from 'vitest'
import { Visited } from '../../../checks/linearizability/visited.ts'

test('a configuration is new once, also among thousands', () => {
  const visited = new Visited(2, 0)
  const rows = Int32Array.from({ length: 10_000 }, (_, index) => Math.imul(index, 7919))
  for (let row = 0; row < rows.length; row += 2) expect(visited.add(rows, row)).toBe(true)
  for (let row = 0; row < rows.length; row += 2) expect(visited.add(rows, row)).toBe(false)
})

test('one that has used more crashed operations than another is not looked at, one that has used others is', () => {
  const visited = new Visited(1, 2)
  expect(visited.add(Int32Array.of(5, 1, 1), 0)).toBe(true)
  expect(visited.add(Int32Array.of(5, 1, 2), 0)).toBe(false)
  expect(visited.add(Int32Array.of(5, 0, 2), 0)).toBe(true)
  expect(visited.add(Int32Array.of(6, 1, 2), 0)).toBe(true)
})
