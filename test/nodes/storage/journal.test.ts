import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import {
  appendRecord,
  JournalDamaged,
  journalImage,
  recoverJournal,
  syncJournal,
  type Journal,
} from '../../../nodes/storage/journal.ts'
import type { PlainData } from '../../../sim/machine.ts'
import { MemoryDisk } from '../support/memory-disk.ts'

const PATH = 'journal'

function opened(): { disk: MemoryDisk; journal: Journal } {
  const disk = new MemoryDisk(new Map([[PATH, journalImage([])]]))
  return { disk, journal: recoverJournal(disk, PATH)!.journal }
}

/** Writes records in groups; each group but the last is synced. Tells where each record begins, and the end. */
function written(groups: readonly (readonly PlainData[])[]): {
  disk: MemoryDisk
  starts: number[]
  syncedLength: number
} {
  const { disk, journal } = opened()
  const starts = [0]
  for (const [index, group] of groups.entries()) {
    for (const record of group) {
      appendRecord(journal, disk, record)
      starts.push(journal.length)
    }
    if (index < groups.length - 1) syncJournal(journal, disk)
  }
  return { disk, starts, syncedLength: journal.syncedLength }
}

function recover(bytes: Uint8Array): readonly PlainData[] {
  return recoverJournal(new MemoryDisk(new Map([[PATH, bytes]])), PATH)!.records
}

const groups = [['a', { term: 1 }], [['entry', 1, 'x']], ['tail one', 'tail two', 'tail three']]
const records = groups.flat()

describe('a journal', () => {
  test('gives back its records in order', () => {
    const { disk } = written(groups)
    expect(recoverJournal(disk, PATH)!.records).toEqual(records)
  })

  test('is undefined where there is no file', () => {
    expect(recoverJournal(new MemoryDisk(), PATH)).toBeUndefined()
  })

  test('shares one sync among several appends, and needs none where nothing is new', () => {
    const { disk, journal } = opened()
    disk.done.length = 0
    appendRecord(journal, disk, 1)
    appendRecord(journal, disk, 2)
    syncJournal(journal, disk)
    syncJournal(journal, disk)
    expect(disk.done).toEqual(['append journal', 'append journal', 'sync'])
  })

  test('cut at any byte behind the last sync, keeps every whole record and goes on from there', () => {
    const { disk, starts, syncedLength } = written(groups)
    const bytes = disk.read(PATH)!
    for (let cut = syncedLength; cut <= bytes.length; cut++) {
      const torn = new MemoryDisk(new Map([[PATH, bytes.slice(0, cut)]]))
      const { journal, records: found, cutBytes } = recoverJournal(torn, PATH)!
      const whole = starts.filter((start) => start <= cut).length - 1
      expect(found).toEqual(records.slice(0, whole))
      expect(cutBytes).toBe(cut - starts[whole]!)
      appendRecord(journal, torn, 'new')
      expect(recoverJournal(torn, PATH)!.records).toEqual([...records.slice(0, whole), 'new'])
    }
  })

  test('survives zeros or garbage from any byte behind the last sync on', () => {
    const { disk, starts, syncedLength } = written(groups)
    const bytes = disk.read(PATH)!
    for (const filling of [0, 0xff, 0x5a]) {
      for (let from = syncedLength; from < bytes.length; from++) {
        const whole = starts.filter((start) => start <= from).length - 1
        const found = recover(bytes.slice().fill(filling, from))
        // A byte that happens to be the filling is no damage.
        expect(records.slice(0, found.length)).toEqual(found)
        expect(found.length).toBeGreaterThanOrEqual(whole)
      }
    }
  })

  test('takes a hole among records that were not synced for a torn tail', () => {
    const { disk, starts } = written(groups)
    const bytes = disk.read(PATH)!.fill(0, starts[3]!, starts[4]!)
    expect(recover(bytes)).toEqual(records.slice(0, 3))
  })

  test('refuses when any one bit of what was durable has changed, while something written later stands', () => {
    const { disk, syncedLength } = written(groups)
    const bytes = disk.read(PATH)!
    for (let place = 0; place < syncedLength; place++) {
      for (let bit = 0; bit < 8; bit++) {
        const rotten = bytes.slice()
        rotten[place]! ^= 1 << bit
        expect(() => recover(rotten), `byte ${place} bit ${bit}`).toThrow(JournalDamaged)
      }
    }
  })

  test('refuses a hole in what was durable, and a record that landed in another place', () => {
    const { disk, starts } = written(groups)
    const hole = disk.read(PATH)!.fill(0, starts[1]!, starts[2]!)
    expect(() => recover(hole)).toThrow(new JournalDamaged(PATH, starts[1]!))
    const strayed = disk.read(PATH)!
    strayed.set(strayed.slice(starts[2]!, starts[3]!), starts[0])
    expect(() => recover(strayed)).toThrow(JournalDamaged)
  })

  test('cuts a torn tail before anything else is said, and makes durable what a killed process left', () => {
    const { disk } = written(groups)
    disk.append(PATH, Uint8Array.of(1, 2, 3))
    disk.done.length = 0
    recoverJournal(disk, PATH)
    expect(disk.done).toEqual([`truncate journal ${disk.read(PATH)!.length}`, 'sync'])
  })

  test('never throws anything but its typed errors, whatever bytes it finds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (garbage, place) => {
        const bytes = written(groups).disk.read(PATH)!
        bytes.set(
          garbage.subarray(0, bytes.length),
          Math.max(0, Math.min(place % bytes.length, bytes.length - garbage.length)),
        )
        try {
          expect(records.slice(0, recover(bytes).length)).toEqual(recover(bytes))
        } catch (error) {
          expect((error as Error).name).toBe('JournalDamaged')
        }
      }),
    )
  })
})
