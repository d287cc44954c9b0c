import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { splitWords } from '../../../runtime/cluster/split-words.ts'
import { type Outcome, petrel } from '../../cli/support/petrel.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { until } from '../host/support/hosted.ts'
import { processesIn, running, setUpFolder } from './support/running.ts'

test('what one writes is read again, also when the leader was killed in between', async () => {
  const folder = await setUpFolder()
  const cluster = running(['up', 'raft-kv', '--directory', folder])
  await cluster.says(/leads in term/)
  const client = (words: readonly string[], input = ''): Outcome =>
    petrel(folder, ['client', 'raft-kv', '--directory', folder, ...words], {}, input)
  expect(client(['set', 'bird', 'a petrel'])).toMatchObject({ status: 0, stdout: 'ok\n' })
  const told = client(['leader', '--json'])
  const { leader } = JSON.parse(told.stdout) as { readonly leader: string }
  await until(() => processesIn(cluster.text()).has(leader))
  process.kill(processesIn(cluster.text()).get(leader)!, 'SIGKILL')
  expect(client(['get', 'bird'])).toMatchObject({ status: 0, stdout: 'a petrel\n', stderr: '' })
  expect(client(['get', 'fish'])).toMatchObject({ status: 1, stdout: '', stderr: 'there is nothing\n' })
  const lines = [
    'add bird gull',
    'cas bird "a petrel" fulmar',
    'get bird',
    'gte bird',
    'get',
    'delete bird',
    'get bird',
  ]
  const conversed = client([], [...lines, 'history', 'quit', 'get bird'].join('\n'))
  expect(conversed.stdout.split('\n').slice(0, 7)).toEqual([
    'no: the value is a petrel',
    'ok',
    'fulmar',
    'There is no command "gte". Did you mean get? There are: get, set, add, cas, delete, leader, status.',
    'Write get KEY: the value of a key.',
    'ok',
    'there is nothing',
  ])
  expect(conversed.stdout).toContain('7  get bird')
  expect(client(['status']).stdout).toMatch(/^n1 +(leader|follower) +term \d+ +log \d+ +committed \d+/)
})

test('where no server answers, a read was certainly not done, and of a write nobody knows', async () => {
  const folder = await setUpFolder(1)
  const client = (...words: readonly string[]): Outcome =>
    petrel(folder, ['client', 'raft-kv', '--directory', folder, '--timeout', '300ms', ...words])
  expect(client('get', 'x')).toMatchObject({ status: 69, stderr: 'not done: no answer in time\n' })
  expect(client('set', 'x', '1')).toMatchObject({ status: 2, stderr: expect.stringContaining('may have been done') })
  expect(client('set', 'x')).toMatchObject({ status: 64, stderr: expect.stringContaining('Write set KEY VALUE') })
  expect(client('status')).toMatchObject({ status: 1, stdout: 'n1  does not answer\n' })
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'interrupted by %s it says what was asked, and leaves nothing behind',
  async (signal) => {
    const folder = await setUpFolder(1)
    const temporary = temporaryFolder()
    const client = running(['client', 'raft-kv', '--directory', folder, 'set', 'x', '1'], folder, { TMPDIR: temporary })
    await until(() => readdirSync(temporary).length > 0)
    await until(() => existsSync(join(temporary, readdirSync(temporary)[0]!, 'data', 'lock')))
    client.signal(signal)
    expect(await client.closed).toBe(130)
    expect(client.text()).toMatch(/^(petrel: interrupted before there was an answer: .*\n)?$/)
    expect(readdirSync(temporary)).toEqual([])
  },
)

test('of several requests from a pipe the exit code tells the worst', async () => {
  const folder = await setUpFolder(1)
  const client = (...lines: readonly string[]): number | null =>
    petrel(folder, ['client', 'raft-kv', '--directory', folder, '--timeout', '300ms'], {}, lines.join('\n')).status
  expect(client('help')).toBe(0)
  expect(client('leader')).toBe(1)
  expect(client('get x', 'leader')).toBe(69)
  expect(client('get x', 'set x 1', 'leader')).toBe(2)
  expect(client('get "x', 'set x 1')).toBe(64)
})

test('words are parted by blanks, but not between quotes', () => {
  expect(splitWords('  set "a b"  "say \\"c\\"" "" ')).toEqual(['set', 'a b', 'say "c"', ''])
  expect(splitWords('set "a b')).toMatch(/^The quote at "a b is not closed/)
  expect(splitWords('set 5" "a b"')).toEqual(['set', '5"', 'a b'])
})
