import { describe, expect, test } from 'vitest'
import { FileDamaged, readAtomically, writeAtomically } from '../../../nodes/storage/atomic-file.ts'
import { MemoryDisk } from '../support/memory-disk.ts'

describe('a file replaced as a whole', () => {
  test('holds the last data written, and nothing before the first', () => {
    const disk = new MemoryDisk()
    expect(readAtomically(disk, 'file')).toBeUndefined()
    writeAtomically(disk, 'file', { old: 1 })
    writeAtomically(disk, 'file', { new: [2] })
    expect(readAtomically(disk, 'file')).toEqual({ new: [2] })
    expect(disk.list()).toEqual(['file'])
  })

  test('is durable under another name before it takes its own, and under its own before anything follows', () => {
    const disk = new MemoryDisk()
    writeAtomically(disk, 'file', 1)
    expect(disk.done).toEqual(['append file.new', 'sync', 'rename file.new file', 'sync'])
  })

  test('does not build on what a crash left under the other name', () => {
    const disk = new MemoryDisk(new Map([['file.new', Uint8Array.of(9, 9, 9)]]))
    writeAtomically(disk, 'file', 'whole')
    expect(readAtomically(disk, 'file')).toBe('whole')
  })

  test('says so when its bytes have changed', () => {
    const disk = new MemoryDisk()
    writeAtomically(disk, 'file', 'abc')
    for (let place = 0; place < disk.read('file')!.length; place++) {
      const bytes = disk.read('file')!
      bytes[place]! ^= 4
      expect(() => readAtomically(new MemoryDisk(new Map([['file', bytes]])), 'file')).toThrow(FileDamaged)
    }
  })
})
