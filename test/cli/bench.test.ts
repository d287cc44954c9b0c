import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temp-folder.ts'
import { petrel, petrelJson } from './support/petrel.ts'

test('a figure is measured by itself, and stands beside a bare loop of the same run', () => {
  const { schema, command, figures } = petrelJson(temporaryFolder(), ['bench', '--only', 'pingpong'])
  expect({ schema, command }).toEqual({ schema: 1, command: 'bench' })
  expect(figures.map(({ name, unit }: { name: string; unit: string }) => [name, unit])).toEqual([
    ['pingpong', 'messages/s'],
    ['pingpong/bare', 'ratio'],
  ])
  for (const { value } of figures) expect(value).toBeGreaterThan(0)
})

test('recorded histories are judged where a folder of them is given, and asked for where not', () => {
  const log = [
    'INFO  jepsen.util - 0\t:invoke\t:write\t1',
    'INFO  jepsen.util - 0\t:ok\t:write\t1',
    'INFO  jepsen.util - 1\t:invoke\t:read\tnil',
    'INFO  jepsen.util - 1\t:ok\t:read\t1',
  ].join('\n')
  const folder = temporaryFolder({ 'histories/etcd/etcd_000.log': log })
  expect(petrelJson(folder, ['bench', '--only', 'linearizable', '--histories', 'histories']).figures).toMatchObject([
    { name: 'linearizable-etcd', unit: 'ms for 1 logs' },
    { name: 'linearizable-etcd-evidence', unit: 'ms for 1 logs' },
  ])
  expect(petrel(folder, ['bench', '--only', 'linearizable'])).toMatchObject({ status: 64 })
  expect(petrel(folder, ['bench', '--histories', 'nowhere', '--only', 'linearizable'])).toMatchObject({ status: 64 })
})

test('figures that make a line are drawn as charts on a page; where there are none, that is said before measuring', () => {
  const folder = temporaryFolder()
  const { figures } = petrelJson(folder, ['bench', '--only', 'table-merkle', '--html', 'charts.html'])
  expect(figures[1]).toMatchObject({ name: 'table-merkle-1-of-10000', plotted: { chart: 'merkle', x: 60 } })
  expect(readFileSync(join(folder, 'charts.html'), 'utf8')).toContain('<h2>Bytes to find what differs')
  expect(petrel(folder, ['bench', '--only', 'start', '--html', 'charts.html'])).toMatchObject({ status: 64 })
  expect(petrel(folder, ['bench', '--only', 'table-merkle', '--html', 'none/charts.html'])).toMatchObject({
    status: 64,
  })
})
