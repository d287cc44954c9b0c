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
  ])
  expect(petrel(folder, ['bench', '--only', 'linearizable'])).toMatchObject({ status: 64 })
  expect(petrel(folder, ['bench', '--histories', 'nowhere', '--only', 'linearizable'])).toMatchObject({ status: 64 })
})
