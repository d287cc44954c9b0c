import { expect, test } from 'vitest'
import { tableBalance, tableMerkle } from '../../bench/table.ts'
import { gossipRounds } from '../../bench/table-gossip.ts'

test('an event reaches all nodes in about log₂ N intervals of gossip, and later where messages are lost (DH-11)', () => {
  for (const nodes of [8, 32]) {
    const [none, many] = [0, 0.3].map((loss) =>
      median([...gossipRounds(nodes, loss, 8, 1), ...gossipRounds(nodes, loss, 8, 2)]),
    )
    expect(none).toBeLessThan(1.5 * Math.log2(nodes))
    expect(many).toBeGreaterThan(none!)
    expect(many).toBeLessThan(3 * Math.log2(nodes))
  }
})

test('a node that joins takes about 1/N of the keys, and no key goes elsewhere (DH-12)', { timeout: 60_000 }, () => {
  const figures = new Map(tableBalance().map(({ name, value }) => [name, value]))
  expect(figures.get('table-moved-256-tokens')).toBeCloseTo(1, 1)
  expect(figures.get('table-balance-256-tokens')).toBeLessThan(1.2)
  for (const [name, value] of figures) if (name.includes('elsewhere')) expect(value).toBe(0)
})

test('replicas that are equal exchange one digest, and few that differ cost far less than a list of all (DH-22)', () => {
  const [equal, one, ten] = tableMerkle().map(({ value }) => value)
  expect(equal).toBe(60)
  expect(one).toBeLessThan(10_000)
  expect(ten).toBeLessThan(60_000)
})

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1]!
}
