import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { UsageError } from '../../../explore/usage-error.ts'
import { refuseCutShort, writeContents } from '../../../runtime/recording/contents.ts'
import { sharedFolder, temporaryFolder } from '../../support/temp-folder.ts'
import { recordedWalk, replayWalk } from './support/recorded.ts'

const shared = sharedFolder()
const whole = join(shared, 'whole', 'recording')
const rotated = join(shared, 'rotated', 'recording')

beforeAll(async () => {
  await recordedWalk(1, {}, undefined, whole)
  await recordedWalk(300, { segmentBytes: 400 }, undefined, rotated)
})

function copyOf(recording: string): string {
  const copy = join(temporaryFolder(), 'copy')
  cpSync(recording, copy, { recursive: true })
  return copy
}

function segmentsOf(recording: string, self: string): readonly string[] {
  const folder = join(recording, self)
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
}

function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof UsageError) return error.code
    throw error
  }
  return 'none'
}

describe('a recording whose process was killed', () => {
  test('replays to the last whole event, wherever it is cut, and says what is cut off', () => {
    const copy = copyOf(whole)
    const path = segmentsOf(copy, 'a').at(-1)!
    const all = replayWalk(copy)
    let most = all.events
    for (let length = readFileSync(path).length - 1; length >= 0; length--) {
      truncateSync(path, length)
      const { divergence, events, incarnations } = replayWalk(copy)
      expect(divergence).toBeUndefined()
      expect(events).toBeLessThanOrEqual(most)
      most = events
      expect(incarnations.find(({ self }) => self === 'a')?.ended).toBeUndefined()
    }
    expect(most).toBeLessThan(all.events)
  })

  test('may end in room that the file system made and never filled', () => {
    const copy = copyOf(whole)
    const path = segmentsOf(copy, 'a').at(-1)!
    writeFileSync(path, new Uint8Array(100), { flag: 'a' })
    expect(replayWalk(copy).divergence).toBeUndefined()
  })
})

describe('a recording is refused', () => {
  test('whichever bit of it is flipped', () => {
    const copy = copyOf(whole)
    const path = segmentsOf(copy, 'a')[0]!
    const bytes = readFileSync(path)
    for (let place = 0; place < bytes.length; place++) {
      const damaged = Buffer.from(bytes)
      damaged[place]! ^= 1 << (place % 8)
      writeFileSync(path, damaged)
      // The byte behind the magic word is the version.
      expect(refusal(() => replayWalk(copy))).toBe(place === 5 ? 'recording-version' : 'recording-damaged')
    }
  })

  test('where a segment in the middle is cut short, or missing', () => {
    const short = copyOf(rotated)
    const middle = segmentsOf(short, 'a')[1]!
    truncateSync(middle, readFileSync(middle).length - 3)
    expect(() => replayWalk(short)).toThrow('it ends in the middle of a record')
    const missing = copyOf(rotated)
    rmSync(segmentsOf(missing, 'a')[1]!)
    expect(() => replayWalk(missing)).toThrow('segment 1, which came before it, is missing')
  })

  test('where a segment in the middle lacks whole events', () => {
    const copy = copyOf(rotated)
    const [first, second] = segmentsOf(copy, 'a')
    // The second segment's beginning, without its events, tells of the event that it begins with all the same.
    writeFileSync(second!, readFileSync(first!))
    expect(refusal(() => replayWalk(copy))).toBe('recording-incomplete')
  })

  test('where other code made it', () => {
    const codeFile = join(temporaryFolder({ 'machines.ts': 'export default 1\n' }), 'machines.ts')
    expect(() => replayWalk(copyOf(whole), { codeFile })).toThrow(
      /was made by code [0-9a-f]{7} .* and this is [0-9a-f]{7}/,
    )
  })

  test('where there is none', () => {
    expect(() => replayWalk(temporaryFolder())).toThrow('holds no recording')
    expect(() => replayWalk('/nowhere at all')).toThrow('there is no such folder')
  })
})

test('a list of contents that cannot be written is a sentence, and leaves the recording as it is', () => {
  const copy = copyOf(whole)
  mkdirSync(join(copy, 'contents.json'))
  expect(writeContents(copy)).toMatch(/^a replay will not see whether .* as contents\.json cannot be written there: E/)
  expect(replayWalk(copy).divergence).toBe(undefined)
  expect(writeContents(copy)).toBe(undefined)
  truncateSync(segmentsOf(copy, 'a').at(-1)!, 1)
  expect(() => refuseCutShort(copy)).toThrow(/bytes long and is 1,/)
})
