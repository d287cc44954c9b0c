import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SimulatedDisk, type WriteFate } from '../../sim/disk.ts'
import { bytes, diskErrorOf, filesOf, textOf } from './support/world.ts'

/** A disk by itself: what is said is carried out at once. */
function plainDisk(image?: ReadonlyMap<string, Uint8Array>): SimulatedDisk {
  const disk: SimulatedDisk = new SimulatedDisk(image, {
    gate: () => {},
    wrote: () => disk.carryOut(),
    synced: () => {
      disk.beginSync()
      disk.completeSync(false)
    },
    misdirected: () => {},
  })
  return disk
}

type Operation =
  | { readonly op: 'append'; readonly path: string; readonly text: string }
  | { readonly op: 'write'; readonly path: string; readonly offset: number; readonly text: string }
  | { readonly op: 'truncate'; readonly path: string; readonly length: number }
  | { readonly op: 'rename'; readonly path: string; readonly to: string }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'sync' }

const path = fc.constantFrom('a', 'b', 'c')
const text = fc.string({ minLength: 0, maxLength: 90, unit: fc.constantFrom('x', 'y', 'z') })
const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constant('append' as const), path, text }),
  fc.record({ op: fc.constant('write' as const), path, offset: fc.nat(120), text }),
  fc.record({ op: fc.constant('truncate' as const), path, length: fc.nat(120) }),
  fc.record({ op: fc.constant('rename' as const), path, to: path }),
  fc.record({ op: fc.constant('remove' as const), path }),
  fc.record({ op: fc.constant('sync' as const) }),
)

/** The same operation on plain strings; false where the file it needs is not there. */
function applyTo(files: Map<string, string>, operation: Operation): boolean {
  if (operation.op === 'sync') return true
  const old = files.get(operation.path)
  switch (operation.op) {
    case 'append':
      files.set(operation.path, (old ?? '') + operation.text)
      return true
    case 'write': {
      const padded = (old ?? '').padEnd(operation.offset, '\0')
      const end = operation.offset + operation.text.length
      files.set(operation.path, padded.slice(0, operation.offset) + operation.text + padded.slice(end))
      return true
    }
    case 'truncate':
      if (old !== undefined) files.set(operation.path, old.slice(0, operation.length))
      return old !== undefined
    case 'rename':
      if (old === undefined) return false
      files.delete(operation.path)
      files.set(operation.to, old)
      return true
    case 'remove':
      return files.delete(operation.path)
  }
}

function perform(disk: SimulatedDisk, operation: Operation): string | undefined {
  return diskErrorOf(() => {
    switch (operation.op) {
      case 'append':
        disk.append(operation.path, bytes(operation.text))
        break
      case 'write':
        disk.write(operation.path, operation.offset, bytes(operation.text))
        break
      case 'truncate':
        disk.truncate(operation.path, operation.length)
        break
      case 'rename':
        disk.rename(operation.path, operation.to)
        break
      case 'remove':
        disk.remove(operation.path)
        break
      case 'sync':
        disk.sync()
        break
    }
  })
}

const sorted = (files: ReadonlyMap<string, string>): unknown => Object.fromEntries([...files].sort())

describe('the disk', () => {
  test('reads as plain files would, whatever is done to it, and says ENOENT where a file is not there', () => {
    fc.assert(
      fc.property(fc.array(anyOperation, { maxLength: 30 }), (operations) => {
        const disk = plainDisk()
        const model = new Map<string, string>()
        for (const each of operations) {
          const possible = applyTo(model, each)
          expect(perform(disk, each)).toBe(possible ? undefined : 'ENOENT')
          expect(filesOf(disk)).toEqual(sorted(model))
        }
      }),
    )
  })

  test('undoes to the last sync when the power fails and nothing unsynced survives', () => {
    fc.assert(
      fc.property(fc.array(anyOperation, { maxLength: 30 }), (operations) => {
        const disk = plainDisk()
        const model = new Map<string, string>()
        let durable = new Map<string, string>()
        for (const each of operations) {
          applyTo(model, each)
          perform(disk, each)
          if (each.op === 'sync') durable = new Map(model)
        }
        disk.losePower(() => 'lost')
        expect(filesOf(disk)).toEqual(sorted(durable))
      }),
    )
  })

  test('does all again when the power fails and everything survives', () => {
    fc.assert(
      fc.property(fc.array(anyOperation, { maxLength: 30 }), (operations) => {
        const disk = plainDisk()
        const model = new Map<string, string>()
        for (const each of operations) {
          applyTo(model, each)
          perform(disk, each)
        }
        disk.losePower(() => 'kept')
        expect(filesOf(disk)).toEqual(sorted(model))
      }),
    )
  })

  test('survives any mixture of fates, and what is durable before it is never touched by appends after it', () => {
    const fates = fc.array(fc.oneof(fc.constantFrom<WriteFate>('lost', 'kept'), fc.record({ tornAt: fc.nat(89) })), {
      minLength: 1,
    })
    fc.assert(
      fc.property(
        fc.array(anyOperation, { maxLength: 20 }),
        fc.array(text, { maxLength: 10 }),
        fates,
        (before, appended, all) => {
          const disk = plainDisk()
          for (const each of before) perform(disk, each)
          disk.append('a', bytes('durable'))
          disk.sync()
          const durable = textOf(disk.read('a'))!
          for (const each of appended) disk.append('a', bytes(each))
          disk.losePower((_write, index) => all[index % all.length]!)
          expect(textOf(disk.read('a'))!.slice(0, durable.length)).toBe(durable)
        },
      ),
    )
  })

  test('a torn write leaves its first bytes, and zeros stand where an earlier write was lost', () => {
    const disk = plainDisk()
    for (const each of ['one', 'two', 'three']) disk.append('a', bytes(each))
    const torn = disk.losePower((_write, index) => (index === 0 ? 'kept' : index === 1 ? 'lost' : { tornAt: 2 }))
    expect(torn).toBe(1)
    expect(textOf(disk.read('a'))).toBe('one\0\0\0th')
  })

  test('keeps a name without the data behind it, where only the renaming survives', () => {
    const disk = plainDisk(new Map([['a', bytes('old')]]))
    disk.append('a.new', bytes('new'))
    disk.rename('a.new', 'a')
    disk.losePower((write) => (write.kind === 'rename' ? 'kept' : 'lost'))
    expect(filesOf(disk)).toEqual({ a: '' })
  })

  test('keeps data without its name, where only the renaming is lost: the old file is as it was', () => {
    const disk = plainDisk(new Map([['a', bytes('old')]]))
    disk.append('a.new', bytes('new'))
    disk.sync()
    disk.rename('a.new', 'a')
    disk.append('a', bytes(' and more'))
    disk.losePower((write) => (write.kind === 'rename' ? 'lost' : 'kept'))
    expect(filesOf(disk)).toEqual({ a: 'old', 'a.new': 'new and more' })
  })

  test('keeps renamings in any order', () => {
    const disk = plainDisk(new Map(['a', 'a.new', 'b', 'b.new'].map((name) => [name, bytes(name)])))
    disk.rename('a.new', 'a')
    disk.rename('b.new', 'b')
    disk.losePower((write) => (write.path === 'b.new' ? 'kept' : 'lost'))
    expect(filesOf(disk)).toEqual({ a: 'a', 'a.new': 'a.new', b: 'b.new' })
  })

  test('does not see the buffer that a caller uses again', () => {
    const disk = plainDisk()
    const buffer = bytes('first')
    disk.append('a', buffer)
    disk.write('b', 0, buffer)
    buffer.fill(120)
    disk.read('a')!.fill(120)
    disk.losePower(() => 'kept')
    expect(filesOf(disk)).toEqual({ a: 'first', b: 'first' })
  })

  test('forgets, when the process is killed, what was only said', () => {
    const disk = new SimulatedDisk(new Map([['a', bytes('x')]]), {
      gate: () => {},
      wrote: () => {},
      synced: () => {},
      misdirected: () => {},
    })
    disk.append('a', bytes('y'))
    disk.carryOut()
    disk.append('a', bytes('z'))
    disk.rename('a', 'b')
    expect(filesOf(disk)).toEqual({ b: 'xyz' })
    disk.kill()
    expect(filesOf(disk)).toEqual({ a: 'xy' })
  })

  test('lists paths by prefix, sorted', () => {
    const disk = plainDisk(new Map(['b/2', 'a', 'b/1', 'b'].map((name) => [name, bytes('')])))
    expect([disk.list(), disk.list('b/')]).toEqual([
      ['a', 'b', 'b/1', 'b/2'],
      ['b/1', 'b/2'],
    ])
  })

  test('rots one bit of what was durable before the last synced write, and no other', () => {
    for (let seed = 0; seed < 60; seed++) {
      const disk = plainDisk()
      for (const each of ['one', 'two', 'three']) {
        disk.append('a', bytes(each))
        disk.sync()
      }
      let drawn = seed * 7919
      expect(disk.rot((count) => (drawn += 31) % count)).toBe(true)
      const now = disk.read('a')!
      const flipped = [...bytes('onetwothree')].flatMap((byte, index) =>
        byte === now[index] ? [] : [[index, byte ^ now[index]!] as const],
      )
      expect(flipped).toHaveLength(1)
      expect(flipped[0]![0]).toBeLessThan(6)
      expect([1, 2, 4, 8, 16, 32, 64, 128]).toContain(flipped[0]![1])
    }
  })

  test('cannot rot where nothing but the last synced write is durable', () => {
    const disk = plainDisk()
    disk.append('a', bytes('one'))
    disk.sync()
    expect(disk.rot(() => 0)).toBe(false)
  })

  test('a misdirected write reads well until the cache is lost, and then lies elsewhere', () => {
    const disk = plainDisk()
    disk.append('a', bytes('0123456789'))
    disk.sync()
    disk.misdirectNextWrite()
    disk.append('a', bytes('XY'))
    disk.sync()
    expect(textOf(disk.read('a'))).toBe('0123456789XY')
    disk.losePower(() => 'lost')
    expect(textOf(disk.read('a'))).toBe('0123XY6789\0\0')
  })
})
