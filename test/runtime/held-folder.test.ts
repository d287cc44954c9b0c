import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { FileDisk } from '../../runtime/disk.ts'
import type { DiskFaults } from '../../runtime/host/disk-faults.ts'

const folder = mkdtempSync(join(tmpdir(), 'petrel-held-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (read: Uint8Array | undefined): string | undefined => read && new TextDecoder().decode(read)

test('a disk that holds back shows all that was written, and a killed process leaves what was synced', async () => {
  const faults: DiskFaults = { operation: () => undefined, sync: () => 0, holdsBack: true }
  let tell: () => void = () => undefined
  const durable = new Promise<void>((resolve) => (tell = resolve))
  const disk = new FileDisk(folder, { faults, onFailure: () => undefined, onSynced: () => tell() })
  disk.append('journal', bytes('one '))
  disk.sync()
  await durable
  disk.append('journal', bytes('two'))
  disk.write('other', 0, bytes('new'))
  expect([text(disk.read('journal')), disk.list()]).toEqual(['one two', ['journal', 'other']])
  disk.close()
  const after = new FileDisk(folder, { onFailure: () => undefined })
  expect([text(after.read('journal')), after.list()]).toEqual(['one ', ['journal']])
  after.close()
})

test('appends to one file that wait while a disk that holds back syncs share the next sync', async () => {
  let syncs = 0
  const faults: DiskFaults = { operation: () => undefined, sync: () => (syncs++, 1), holdsBack: true }
  const disk = new FileDisk(folder, { faults, onFailure: () => undefined })
  const answered: string[] = []
  const appendAndSay = (record: string): Promise<void> => {
    disk.append('journal', bytes(record))
    disk.sync()
    return new Promise((resolve) =>
      disk.say(() => {
        answered.push(record)
        resolve()
      }),
    )
  }
  await appendAndSay('0')
  await Promise.all(['1', '2', '3', '4', '5'].map(appendAndSay))
  expect({ syncs, answered: answered.join(''), journal: text(disk.read('journal')) }).toEqual({
    syncs: 3,
    answered: '012345',
    journal: '012345',
  })
  disk.close()
})
