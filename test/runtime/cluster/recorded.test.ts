import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Outcome, petrel } from '../../cli/support/petrel.ts'
import { recordedCode } from '../../../runtime/recording/recorded-code.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { until } from '../host/support/hosted.ts'
import { recordedWalk } from '../recording/support/recorded.ts'
import { processesIn, running, setUpFolder } from './support/running.ts'

test('a cluster recorded while it was written to, with a server killed, replays; cut short too, damaged not', async () => {
  const folder = await setUpFolder()
  const recording = join(folder, 'recording')
  const cluster = running(['up', 'raft-kv', '--directory', folder, '--record', recording])
  const [, leader] = await cluster.says(/^(n\d) +leads in term \d+$/m)
  const client = (input: string): Outcome =>
    petrel(folder, ['client', 'raft-kv', '--directory', folder], {}, `${input}\nget bird\n`)
  expect(client('set bird petrel\nset fish cod\ndelete fish').stdout).toBe('ok\nok\nok\npetrel\n')
  await until(() => processesIn(cluster.text()).has(leader!))
  const killed = processesIn(cluster.text()).get(leader!)!
  process.kill(killed, 'SIGKILL')
  expect(client('cas bird petrel gull').stdout).toBe('ok\ngull\n')
  const status = (): string => petrel(folder, ['client', 'raft-kv', '--directory', folder, 'status']).stdout
  await until(() => !status().includes('does not answer'), status)
  const allUp = new Date().toISOString()
  expect(client('').stdout).toBe('gull\n')
  cluster.signal('SIGINT')
  expect(await cluster.closed).toBe(0)

  const replay = (): Outcome => petrel(folder, ['replay', recording])
  const whole = replay()
  expect(whole.stdout).toMatch(/NO DIVERGENCE: [\d,]+ events of 4 incarnations went as recorded \(exit 0\)/)
  expect(whole.stdout).toMatch(new RegExp(`^ *${leader} since .*; ends without a word, as a killed process does`, 'm'))
  expect(whole.status).toBe(0)

  const branch = (...options: readonly string[]): Outcome => petrel(folder, ['replay', recording, ...options])
  const futures = [0, 1].map(() => branch('--branch', 'end', '--runs', '3', '--json'))
  const [one, other] = futures.map(({ stdout }) => JSON.parse(stdout) as { readonly traceHash: string })
  expect(one).toMatchObject({ command: 'replay', scenario: 'raft-kv', verdict: 'ok', runs: 3, branch: { missing: [] } })
  expect(one!.traceHash).toBe(other!.traceHash)
  expect(futures[0]!.status).toBe(0)
  expect(branch('--branch', allUp, '--seed', '7', '--for', '2s').stdout).toMatch(
    /^BRANCH at event #\d+ of [\d,]+, .* by the clocks of the nodes\n( {2}n\d {2}is up, after .*\n){3}/,
  )

  const own = join(recording, leader!)
  const last = join(own, readdirSync(own).sort().at(-1)!)
  const bytes = readFileSync(last)
  truncateSync(last, bytes.length - 3)
  const cut = replay()
  expect(cut.stdout).toContain('in the middle of a record: ')
  expect(cut.status).toBe(0)
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(last, bytes)
  const damaged = replay()
  expect(damaged).toMatchObject({ status: 64, stdout: '' })
  expect(damaged.stderr).toContain(`${last} is damaged: what was written at byte `)
})

test('a recording by other code, or of a system that is not ours, is refused with a sentence', async () => {
  // The sources that this test runs are other code to the built command, as any other release is.
  const recording = await recordedWalk(1)
  const replay = petrel(temporaryFolder(), ['replay', recording])
  expect(replay).toMatchObject({ status: 64, stdout: '' })
  expect(replay.stderr).toMatch(/was made by code [0-9a-f]{7} \(petrel .*\), and this is [0-9a-f]{7}: .*Replay it with/)
  const codeOf = await recordedCode(undefined)
  expect(() => codeOf({ self: 'a', system: 'walk', configuration: {} })).toThrow(
    'a is recorded as of the system "walk", which is not one of ours: --machines FILE names the module',
  )
})

test('a folder that no recording can be made in is named at once, and no server is started', async () => {
  const folder = await setUpFolder(1)
  const inTheWay = join(folder, 'file')
  writeFileSync(inTheWay, '')
  const node = petrel(folder, ['node', 'raft-kv', 'n1', '--directory', folder, '--record', inTheWay])
  const up = petrel(folder, ['up', 'raft-kv', '--directory', folder, '--record', inTheWay])
  for (const { status, stdout, stderr } of [node, up]) {
    expect([status, stdout]).toEqual([64, ''])
    expect(stderr).toContain(`--record ${inTheWay}: no folder can be made there`)
  }
})
