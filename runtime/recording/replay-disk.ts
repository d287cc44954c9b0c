import { DiskError, type Disk, type DiskErrorCode } from '../../sim/machine.ts'
import { File } from '../../sim/file.ts'
import type { Output } from '../host/input-tap.ts'
import { digestOfBytes, digestOfPaths } from './digest.ts'

/** Who compares what a disk is told and asked with what was recorded. */
export interface DiskJudge {
  said(output: Output): void
  /** The error that the operation met when it was recorded; undefined where it met none. */
  failure(): { readonly code: string; readonly path: string } | undefined
  found(kind: 'read' | 'listed', digest: number, what: string): void
  durableLength(): number
}

/** The disk of a recorded node: its files as the recording has them, and everything said since. */
export class ReplayDisk implements Disk {
  private readonly files = new Map<string, File>()
  private readonly judge: DiskJudge

  constructor(files: ReadonlyMap<string, Uint8Array>, judge: DiskJudge) {
    this.judge = judge
    for (const [path, bytes] of files) this.open(path).put(0, bytes)
  }

  read(path: string): Uint8Array | undefined {
    this.meetFailure()
    const file = this.files.get(path)
    const bytes = file?.bytes.slice(0, file.length)
    this.judge.found('read', digestOfBytes(bytes), `a read of ${path}`)
    return bytes
  }

  list(prefix = ''): readonly string[] {
    this.meetFailure()
    const paths = [...this.files.keys()].filter((path) => path.startsWith(prefix)).sort()
    this.judge.found('listed', digestOfPaths(paths), `the list of files that begin with "${prefix}"`)
    return paths
  }

  append(path: string, bytes: Uint8Array): void {
    this.say({ kind: 'write', path, offset: undefined, bytes })
    this.open(path).put(this.open(path).length, bytes)
  }

  write(path: string, offset: number, bytes: Uint8Array): void {
    this.say({ kind: 'write', path, offset, bytes })
    this.open(path).put(offset, bytes)
  }

  truncate(path: string, length: number): void {
    this.say({ kind: 'truncate', path, length })
    const file = this.existing(path)
    file.length = Math.min(file.length, length)
  }

  rename(from: string, to: string): void {
    this.say({ kind: 'rename', path: from, to })
    const file = this.existing(from)
    this.files.delete(from)
    this.files.set(to, file)
  }

  remove(path: string): void {
    this.say({ kind: 'remove', path })
    this.existing(path)
    this.files.delete(path)
  }

  sync(): void {
    this.say({ kind: 'sync' })
  }

  durableLength(_path: string): number {
    return this.judge.durableLength()
  }

  /** All files as they are now. */
  image(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.files].map(([path, file]) => [path, file.bytes.slice(0, file.length)]))
  }

  private say(output: Output): void {
    this.judge.said(output)
    this.meetFailure()
  }

  private meetFailure(): void {
    const failure = this.judge.failure()
    if (failure !== undefined) throw new DiskError(failure.code as DiskErrorCode, failure.path)
  }

  private open(path: string): File {
    const file = this.files.get(path) ?? new File()
    this.files.set(path, file)
    return file
  }

  private existing(path: string): File {
    const file = this.files.get(path)
    if (file === undefined) throw new DiskError('ENOENT', path)
    return file
  }
}
