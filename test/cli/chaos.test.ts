import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temp-folder.ts'
import { endedBy, petrel } from './support/petrel.ts'

const SHORT = ['chaos', 'raft-kv', '--nodes', '3', '--clients', '2', '--operations', '40', '--duration', '2s'] as const

test('chaos runs a plan against real processes, keeps the history, and leaves nothing else behind', () => {
  const folder = temporaryFolder()
  const { stdout } = petrel(folder, [...SHORT, '--seed', '3', '--directory', 'kept', '--json'])
  const document = JSON.parse(stdout)
  // How many operations end well within two seconds is the machine's business; that none is wrong is not.
  expect(document).toMatchObject({ schema: 1, command: 'chaos', scenario: 'raft-kv', runs: 1, failures: [] })
  expect(['ok', 'unknown']).toContain(document.verdict)
  expect(readdirSync(join(folder, 'kept'))).toEqual(['history-0x3.jsonl'])
  const lines = readFileSync(join(folder, 'kept', 'history-0x3.jsonl'), 'utf8')
  expect(lines).toContain('"type":"invoke"')
  const checked = petrel(folder, ['check', 'kept/history-0x3.jsonl', '--model', 'found-dictionary'])
  expect(checked).toMatchObject({ status: 0, stderr: '' })
}, 60_000)

test('nodes of the table come and go as processes, and are looked into in the end', () => {
  const words = ['--nodes', '4', '--clients', '3', '--operations', '60', '--duration', '3s', '--seed', '2', '--json']
  const { stdout } = petrel(temporaryFolder(), ['chaos', 'dht-kv', ...words])
  const document = JSON.parse(stdout)
  expect(document).toMatchObject({ command: 'chaos', scenario: 'dht-kv', runs: 1, failures: [] })
  expect(['ok', 'unknown']).toContain(document.verdict)
  // What must hold at each moment only simulation can see.
  expect(document.notJudged).toEqual(['no two writes have one dot', 'no request goes round for ever'])
}, 90_000)

describe('whoever ends it', () => {
  for (const signals of [['SIGINT'], ['SIGINT', 'SIGINT'], ['SIGTERM']] as const)
    test(`by ${signals.join(' and ')} leaves no process, and nothing but what was found`, async () => {
      const folder = temporaryFolder()
      const place = { TMPDIR: join(folder, 'tmp') }
      mkdirSync(place.TMPDIR)
      const ended = await endedBy(
        folder,
        ['chaos', 'raft-kv', '--time-limit', '60s'],
        place,
        signals,
        () => processesOf(place.TMPDIR) >= 5,
      )
      expect(ended.status).toBe(130)
      // What nothing was seen of did not pass.
      expect(ended.stdout).not.toMatch(/PASS|exit 0/)
      await expect.poll(() => processesOf(place.TMPDIR), { timeout: 10_000 }).toBe(0)
      expect(readdirSync(place.TMPDIR)).toEqual([])
      expect(readdirSync(folder).filter((name) => name !== 'tmp' && !name.endsWith('-0x1.jsonl'))).toEqual([])
    }, 90_000)
})

test('what chaos recorded replays without divergence; cut short, damaged or beside another it is refused', () => {
  const folder = temporaryFolder()
  const arguments_ = [...SHORT, '--seed', '5', '--record', 'recording']
  expect([0, 2]).toContain(petrel(folder, arguments_).status)
  expect(petrel(folder, arguments_)).toMatchObject({ status: 64, stderr: expect.stringContaining('Give a new folder') })
  const replayed = petrel(folder, ['replay', 'recording'])
  expect(replayed).toMatchObject({ status: 0, stdout: expect.stringContaining('NO DIVERGENCE') })
  for (const server of ['n1', 'n2', 'n3']) expect(replayed.stdout).toContain(`  ${server} since `)
  const server = join(folder, 'recording', 'seed-0x5', 'n1')
  const segment = join(server, readdirSync(server)[0]!)
  const bytes = readFileSync(segment)
  bytes[bytes.length >> 1]! ^= 0x10
  writeFileSync(segment, bytes)
  expect(petrel(folder, ['replay', 'recording'])).toMatchObject({
    status: 64,
    stderr: expect.stringContaining(readdirSync(server)[0]!),
  })
  truncateSync(segment, bytes.length - 1)
  expect(petrel(folder, ['replay', 'recording'])).toMatchObject({
    status: 64,
    stderr: expect.stringMatching(/was [\d,]+ bytes long and is [\d,]+, as contents\.json/),
  })
  rmSync(segment)
  expect(petrel(folder, ['replay', 'recording'])).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('is missing, as contents.json beside it tells'),
  })
}, 90_000)

test('a folder that cannot be is a sentence', () => {
  const folder = temporaryFolder({ file: '' })
  expect(petrel(folder, ['chaos', 'raft-kv', '--directory', 'file/within'])).toMatchObject({
    status: 69,
    stderr: expect.stringContaining('No verdict'),
  })
  expect(petrel(folder, ['chaos', 'raft-kv', '--record', 'file'])).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('there is something already'),
  })
  expect(readdirSync(folder)).toEqual(['file'])
})

test('a scenario that is not there is a sentence and exit 64', () => {
  const { status, stderr } = petrel(temporaryFolder(), ['chaos', 'raft-vk'])
  expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringContaining('raft-kv') })
})

/** Servers that have data below a folder: their command line says so, where the system shows it. */
function processesOf(folder: string): number {
  if (!existsSync('/proc/self/cmdline')) return 0
  return readdirSync('/proc').filter(
    (id) => /^\d+$/.test(id) && commandLineOf(id).includes(`"dataDirectory":"${folder}`),
  ).length
}

function commandLineOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
