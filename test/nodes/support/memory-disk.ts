import { DiskError, type Disk } from '../../../sim/machine.ts'

/** A disk in memory that writes down, in order, what was done to it. */
export class MemoryDisk implements Disk {
  readonly files = new Map<string, Uint8Array>()
  readonly done: string[] = []

  constructor(image: ReadonlyMap<string, Uint8Array> = new Map()) {
    for (const [path, bytes] of image) this.files.set(path, bytes.slice())
  }

  read(path: string): Uint8Array | undefined {
    return this.files.get(path)?.slice()
  }

  append(path: string, bytes: Uint8Array): void {
    this.done.push(`append ${path}`)
    this.put(path, this.files.get(path)?.length ?? 0, bytes)
  }

  write(path: string, offset: number, bytes: Uint8Array): void {
    this.done.push(`write ${path}`)
    this.put(path, offset, bytes)
  }

  truncate(path: string, length: number): void {
    this.done.push(`truncate ${path} ${length}`)
    this.files.set(path, this.existing(path).slice(0, length))
  }

  rename(from: string, to: string): void {
    this.done.push(`rename ${from} ${to}`)
    this.files.set(to, this.existing(from))
    this.files.delete(from)
  }

  remove(path: string): void {
    this.done.push(`remove ${path}`)
    this.existing(path)
    this.files.delete(path)
  }

  list(prefix = ''): readonly string[] {
    return [...this.files.keys()].filter((path) => path.startsWith(prefix)).sort()
  }

  sync(): void {
    this.done.push('sync')
  }

  private put(path: string, offset: number, bytes: Uint8Array): void {
    const before = this.files.get(path) ?? new Uint8Array(0)
    const after = new Uint8Array(Math.max(before.length, offset + bytes.length))
    after.set(before)
    after.set(bytes, offset)
    this.files.set(path, after)
  }

  private existing(path: string): Uint8Array {
    const bytes = this.files.get(path)
    if (bytes === undefined) throw new DiskError('ENOENT', path)
    return bytes
  }
}
