import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temp-folder.ts'
import { petrel } from './support/petrel.ts'

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

test('a scenario that is not there is a sentence and exit 64', () => {
  const { status, stderr } = petrel(temporaryFolder(), ['chaos', 'raft-vk'])
  expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringContaining('raft-kv') })
})
