import { expect, test } from 'vitest'
import { Used } from '../../../checks/linearizability/used.ts'
import { Visited } from '../../../checks/linearizability/visited.ts'

test('a configuration is new once, also among thousands', () => {
  const visited = new Visited(3, new Used())
  const rows = Int32Array.from({ length: 15_000 }, (_, index) => (index % 3 === 0 ? 0 : Math.imul(index, 7919)))
  for (let row = 0; row < rows.length; row += 3) expect(visited.add(rows, row)).toBe(true)
  for (let row = 0; row < rows.length; row += 3) expect(visited.add(rows, row)).toBe(false)
})

test('one that has used more crashed operations than another is not looked at, one that has used others is', () => {
  const used = new Used()
  const visited = new Visited(2, used)
  const collection = (...kinds: number[]) => kinds.reduce((before, kind) => used.with(before, kind), 0)
  expect(visited.add(Int32Array.of(collection(0, 1), 5), 0)).toBe(true)
  expect(visited.add(Int32Array.of(collection(1, 0), 5), 0)).toBe(false)
  expect(visited.add(Int32Array.of(collection(1, 0, 1), 5), 0)).toBe(false)
  expect(visited.add(Int32Array.of(collection(1, 1), 5), 0)).toBe(true)
  expect(visited.add(Int32Array.of(collection(0, 1), 6), 0)).toBe(true)
})
