import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FileDisk } from '../../runtime/disk.ts'
import { DiskError } from '../../sim/machine.ts'
import { appendRecord, openJournal, recoverJournal, syncJournal, type Journal } from '../../nodes/storage/journal.ts'
import { readAtomically, writeAtomically } from '../../nodes/storage/atomic-file.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

function diskIn(folder: string): FileDisk {
  return new FileDisk(folder, {
    onFailure: (error) => {
      throw error
    },
  })
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array | undefined): string | undefined =>
  content === undefined ? undefined : new TextDecoder().decode(content)

/** Resolves when everything said so far has been carried out. */
const settled = (disk: FileDisk): Promise<void> =>
  new Promise((resolve) => {
    disk.sync()
    disk.say(resolve)
  })

test('what is said after a sync waits for it, and reads see all that was said', async () => {
  const folder = temporaryFolder()
  const disk = diskIn(folder)
  const said: string[] = []
  disk.append('log', bytes('one '))
  disk.sync()
  disk.say(() => said.push(`ack one, file: ${readFileSync(join(folder, 'log'), 'utf8')}`))
  disk.append('log', bytes('two '))
  disk.write('log', 0, bytes('ONE'))
  expect(said).toEqual([])
  expect(text(disk.read('log'))).toBe('ONE two ')
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('one ')
  await settled(disk)
  expect(said).toEqual(['ack one, file: one '])
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('ONE two ')
})

test('without anything to make durable nothing waits', () => {
  const disk = diskIn(temporaryFolder())
  const said: string[] = []
  disk.sync()
  disk.say(() => said.push('at once'))
  expect(said).toEqual(['at once'])
})

test('names change behind a sync as they were said', async () => {
  const folder = temporaryFolder()
  const disk = diskIn(folder)
  disk.append('a/new', bytes('x'))
  disk.sync()
  disk.rename('a/new', 'a/current')
  disk.append('other', bytes('y'))
  disk.truncate('other', 0)
  expect(disk.list()).toEqual(['a/current', 'other'])
  expect(text(disk.read('a/current'))).toBe('x')
  expect(disk.read('a/new')).toBeUndefined()
  expect(() => disk.remove('a/new')).toThrow(DiskError)
  disk.remove('other')
  await settled(disk)
  expect(disk.list('a/')).toEqual(['a/current'])
  expect(disk.list()).toEqual(['a/current'])
})

test('appends that meet behind a sync share the next one', async () => {
  const disk = diskIn(temporaryFolder())
  const journal: Journal = { path: 'journal', length: 0, syncedLength: 0 }
  const order: number[] = []
  appendRecord(journal, disk, -1)
  disk.sync()
  for (let record = 0; record < 50; record++) {
    appendRecord(journal, disk, record)
    syncJournal(journal, disk)
    disk.say(() => order.push(record))
  }
  let turns = 0
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (order.length > 0 && order.length < 50) turns++
      if (order.length === 50) resolve()
      else setImmediate(look)
    }
    look()
  })
  expect(order).toEqual(Array.from({ length: 50 }, (_, record) => record))
  // All came at once: they were one sync.
  expect(turns).toBe(0)
  await settled(disk)
  expect(recoverJournal(disk, 'journal')?.records).toHaveLength(51)
})

test('a journal and an atomic file are found again by the next process', async () => {
  const folder = temporaryFolder()
  const first = diskIn(folder)
  const journal: Journal = { path: 'raft/journal', length: 0, syncedLength: 0 }
  appendRecord(journal, first, { term: 1 })
  syncJournal(journal, first)
  writeAtomically(first, 'meta', { vote: 'n2' })
  await settled(first)
  first.close()
  const second = diskIn(folder)
  expect(recoverJournal(second, 'raft/journal')?.records).toEqual([{ term: 1 }])
  expect(readAtomically(second, 'meta')).toEqual({ vote: 'n2' })
})

test('a path cannot leave the folder', () => {
  const disk = diskIn(temporaryFolder())
  expect(() => disk.append('../outside', bytes('x'))).toThrow(DiskError)
  expect(() => disk.read('/etc/hostname')).toThrow(DiskError)
})

test('what another process left behind is durable only after the first sync, as nobody knows whether it was', async () => {
  const folder = temporaryFolder({ 'a/log': 'one' })
  const disk = diskIn(folder)
  const said: string[] = []
  expect([text(disk.read('a/log')), disk.durableLength('a/log')]).toEqual(['one', 0])
  disk.sync()
  disk.say(() => said.push('durable'))
  expect(said).toEqual([])
  await settled(disk)
  expect([said, disk.durableLength('a/log')]).toEqual([['durable'], 3])
})

test('what is renamed before it is durable becomes so by the next sync', async () => {
  const disk = diskIn(temporaryFolder())
  disk.append('new', bytes('one'))
  disk.rename('new', 'current')
  expect(disk.durableLength('current')).toBe(0)
  await settled(disk)
  expect([text(disk.read('current')), disk.durableLength('current')]).toEqual(['one', 3])
})

test('a handler that throws keeps what it wrote before its first sync, and says nothing', () => {
  const folder = temporaryFolder()
  const disk = diskIn(folder)
  const said: string[] = []
  disk.hold()
  disk.append('log', bytes('one '))
  disk.say(() => said.push('message'))
  disk.append('log', bytes('two '))
  expect(text(disk.read('log'))).toBe('one two ')
  disk.sync()
  disk.append('log', bytes('three'))
  disk.abandon()
  expect([said, readFileSync(join(folder, 'log'), 'utf8')]).toEqual([[], 'one two '])
})

test('a group that a power loss keeps in part leaves a journal that recovers, whichever part it is', async () => {
  const folder = temporaryFolder()
  const disk = diskIn(folder)
  const { journal } = openJournal(disk, 'log')
  await settled(disk)
  const say = (record: string): void => {
    appendRecord(journal, disk, record)
    syncJournal(journal, disk)
  }
  say('first')
  // These wait behind the sync of the first, and share the next one.
  const places = ['second', 'third', 'fourth'].map((record) => {
    const from = journal.length
    say(record)
    return { record, from, to: journal.length }
  })
  await settled(disk)
  const whole = readFileSync(join(folder, 'log'))
  for (const lost of places) {
    const kept = Buffer.from(whole).fill(0, lost.from, lost.to)
    const after = diskIn(temporaryFolder({ log: '' }))
    after.write('log', 0, kept)
    const before = places.filter(({ from }) => from < lost.from).map(({ record }) => record)
    expect(recoverJournal(after, 'log')!.records).toEqual(['first', ...before])
  }
  // Later records vouch for the group: from then on a hole in it is damage.
  say('fifth')
  await settled(disk)
  const damaged = diskIn(temporaryFolder())
  damaged.write('log', 0, readFileSync(join(folder, 'log')).fill(0, places[1]!.from, places[1]!.to))
  expect(() => recoverJournal(damaged, 'log')).toThrow('log is damaged at byte')
})
