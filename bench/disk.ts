import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appendRecord, syncJournal, type Journal } from '../nodes/storage/journal.ts'
import type { Figure } from '../reports/json.ts'
import { FileDisk } from '../runtime/disk.ts'
import { median } from './measure.ts'

const ROUND_MS = 400
const ROUNDS = 5
const WRITERS = 64
const RECORD = 'x'.repeat(100)

/**
 * Records a second that are durable in a journal: one after the other, and of 64 writers who share syncs, against a
 * bare loop of append and sync on the same disk.
 */
export async function disk(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-bench-'))
  try {
    const rounds: { readonly bare: number; readonly one: number; readonly many: number }[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const place = join(folder, String(round))
      rounds.push({
        one: await journalRate(`${place}-one`, 1),
        many: await journalRate(`${place}-many`, WRITERS),
        bare: bareRate(`${place}-bare`),
      })
    }
    // The first round warms up.
    const counted = rounds.slice(1)
    return [
      { name: 'disk', value: median(counted.map(({ many }) => many)), unit: `records/s, ${WRITERS} writers` },
      { name: 'disk/bare', value: median(counted.map(({ many, bare }) => many / bare)), unit: 'ratio' },
      { name: 'disk-one', value: median(counted.map(({ one }) => one)), unit: 'records/s, 1 writer' },
      { name: 'disk-one/bare', value: median(counted.map(({ one, bare }) => one / bare)), unit: 'ratio' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Appends with a sync each, one after the other, a second. */
export function bareRate(path: string): number {
  const file = openSync(path, 'w')
  const bytes = new Uint8Array(RECORD.length + 16)
  const startedMs = performance.now()
  let records = 0
  for (; performance.now() - startedMs < ROUND_MS; records++) {
    writeSync(file, bytes)
    fdatasyncSync(file)
  }
  const perSecond = records / ((performance.now() - startedMs) / 1000)
  closeSync(file)
  return perSecond
}

/** Each writer writes its next record when the one before is durable. */
function journalRate(folder: string, writers: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const place = new FileDisk(folder, { onFailure: reject })
    const journal: Journal = { path: 'journal', length: 0, syncedLength: 0 }
    const startedMs = performance.now()
    let records = 0
    let writing = writers
    const write = (): void => {
      appendRecord(journal, place, RECORD)
      syncJournal(journal, place)
      place.say(() => {
        records++
        const elapsedMs = performance.now() - startedMs
        if (elapsedMs < ROUND_MS) setImmediate(write)
        else if (--writing === 0) {
          place.close()
          resolve(records / (elapsedMs / 1000))
        }
      })
    }
    for (let writer = 0; writer < writers; writer++) write()
  })
}
