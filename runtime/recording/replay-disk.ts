import { DiskError, type Disk, type DiskErrorCode } from '../../sim/machine.ts'
import type { Output } from '../host/input-tap.ts'
import { digestOfBytes, digestOfPaths } from './digest.ts'
import type { DiskOperation } from '../disk-queue.ts'
import { Files } from './files.ts'

/** Who compares what a disk is told and asked with what was recorded. */
export interface DiskJudge {
  said(output: Output): void
  /** The error that the operation met when it was recorded; undefined where it met none. */
  failure(): { readonly code: string; readonly path: string } | undefined
  /** The operation met no error. */
  done(operation: DiskOperation | { readonly kind: 'sync' }): void
  found(kind: 'read' | 'listed', digest: number, what: string): void
  durableLength(): number
}

/**
 * The disk of a recorded node: its files as the recording has them, and everything said since. What is written is
 * copied, as whoever hears of it keeps it and the handler may use its buffer again at once.
 */
export class ReplayDisk implements Disk {
  private readonly files: Files
  private readonly judge: DiskJudge

  constructor(files: ReadonlyMap<string, Uint8Array>, judge: DiskJudge) {
    this.judge = judge
    this.files = new Files(files)
  }

  read(path: string): Uint8Array | undefined {
    this.meetFailure()
    const bytes = this.files.read(path)
    this.judge.found('read', digestOfBytes(bytes), `a read of ${path}`)
    return bytes
  }

  list(prefix = ''): readonly string[] {
    this.meetFailure()
    const paths = this.files.list(prefix)
    this.judge.found('listed', digestOfPaths(paths), `the list of files that begin with "${prefix}"`)
    return paths
  }

  append(path: string, given: Uint8Array): void {
    const offset = this.files.lengthOf(path)
    const bytes = given.slice()
    this.say({ kind: 'write', path, offset: undefined, bytes })
    this.perform({ kind: 'write', path, offset, bytes, append: true })
  }

  write(path: string, offset: number, given: Uint8Array): void {
    const bytes = given.slice()
    this.say({ kind: 'write', path, offset, bytes })
    this.perform({ kind: 'write', path, offset, bytes, append: offset === this.files.lengthOf(path) })
  }

  truncate(path: string, length: number): void {
    this.say({ kind: 'truncate', path, length })
    this.perform({ kind: 'truncate', path, length })
  }

  rename(from: string, to: string): void {
    this.say({ kind: 'rename', path: from, to })
    this.perform({ kind: 'rename', path: from, to })
  }

  remove(path: string): void {
    this.say({ kind: 'remove', path })
    this.perform({ kind: 'remove', path })
  }

  sync(): void {
    this.say({ kind: 'sync' })
    this.judge.done({ kind: 'sync' })
  }

  durableLength(_path: string): number {
    return this.judge.durableLength()
  }

  /** All files as they are now. */
  image(): ReadonlyMap<string, Uint8Array> {
    return this.files.image()
  }

  private say(output: Output): void {
    this.judge.said(output)
    this.meetFailure()
  }

  /** What changes nothing the disk of a node leaves alone. */
  private perform(operation: DiskOperation): void {
    const { kind, path } = operation
    const lengthBefore = this.files.lengthOf(path)
    this.files.perform(operation)
    if (kind === 'truncate' && operation.length >= lengthBefore) return
    if (kind === 'rename' && operation.to === path) return
    this.judge.done(operation)
  }

  private meetFailure(): void {
    const failure = this.judge.failure()
    if (failure !== undefined) throw new DiskError(failure.code as DiskErrorCode, failure.path)
  }
}
