import {
  closeSync,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { DiskError } from '../sim/machine.ts'
import type { DiskOperation } from './disk-queue.ts'

interface OpenFile {
  readonly fd: number
  length: number
  /** How much of it syncs have made durable. */
  durableLength: number
}

/** The files of a folder, by paths within it, and what of them is not durable yet. Errors are {@link DiskError}s. */
export class DiskFolder {
  private readonly folder: string
  private readonly open = new Map<string, OpenFile>()
  /** Files with writes that are not durable, and folders with names that are not. */
  private readonly dirty = new Set<string>()
  private readonly dirtyFolders = new Set<string>()
  private onlyAppends = true
  /** Files found at the start: a killed process leaves what it wrote in the page cache, and the next sync is to cover it. */
  private readonly found: Set<string>

  constructor(folder: string) {
    this.folder = resolve(folder)
    mkdirSync(this.folder, { recursive: true })
    this.found = new Set(this.list())
  }

  read(path: string): Uint8Array | undefined {
    const file = this.fileOf(path)
    return attempt(path, () => (this.openExisting(path) === undefined ? undefined : new Uint8Array(readFileSync(file))))
  }

  /** Undefined where there is no such file. */
  lengthOf(path: string): number | undefined {
    return attempt(path, () => this.openExisting(path)?.length)
  }

  durableLengthOf(path: string): number {
    return this.open.get(path)?.durableLength ?? 0
  }

  list(): ReadonlySet<string> {
    const entries = attempt('', () => readdirSync(this.folder, { recursive: true, withFileTypes: true }))
    return new Set(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(this.folder, join(entry.parentPath, entry.name)).split(sep).join('/')),
    )
  }

  perform(operation: DiskOperation): void {
    attempt(operation.path, () => this.performOnFiles(operation))
  }

  /** The one file that everything not durable appends to; undefined where there is anything else. */
  get onlyAppendsTo(): string | undefined {
    if (!this.onlyAppends || this.dirty.size !== 1 || this.dirtyFolders.size + this.found.size > 0) return undefined
    const [path] = this.dirty
    return path
  }

  get isDirty(): boolean {
    return this.dirty.size + this.dirtyFolders.size + this.found.size > 0
  }

  /** Makes all that was written before durable. */
  async sync(): Promise<void> {
    this.takeInFound()
    const files = [...this.dirty].map((path) => this.open.get(path)!)
    const syncs = [...files.map(({ fd }) => syncFile(fd)), ...[...this.dirtyFolders].map(syncFolder)]
    this.dirty.clear()
    this.dirtyFolders.clear()
    this.onlyAppends = true
    await Promise.all(syncs)
    for (const file of files) file.durableLength = file.length
  }

  close(): void {
    for (const { fd } of this.open.values()) closeSync(fd)
    this.open.clear()
  }

  private takeInFound(): void {
    for (const path of this.found) {
      if (this.openExisting(path) === undefined) continue
      this.dirty.add(path)
      for (let file = this.fileOf(path); file !== this.folder; file = dirname(file))
        this.dirtyFolders.add(dirname(file))
    }
    this.found.clear()
  }

  private performOnFiles(operation: DiskOperation): void {
    const { path } = operation
    switch (operation.kind) {
      case 'write':
        this.writeFile(path, operation.offset, operation.bytes, operation.append)
        break
      case 'truncate': {
        const file = this.openExisting(path)!
        ftruncateSync(file.fd, operation.length)
        file.length = operation.length
        file.durableLength = Math.min(file.durableLength, operation.length)
        this.touched(path, false)
        break
      }
      case 'rename':
        this.rename(path, operation.to)
        break
      case 'remove':
        this.forget(path)
        rmSync(this.fileOf(path))
        this.dirtyFolders.add(dirname(this.fileOf(path)))
        break
    }
  }

  private writeFile(path: string, offset: number, bytes: Uint8Array, append: boolean): void {
    const file = this.openExisting(path) ?? this.create(path)
    for (let done = 0; done < bytes.length;) done += writeSync(file.fd, bytes, done, bytes.length - done, offset + done)
    file.length = Math.max(file.length, offset + bytes.length)
    file.durableLength = Math.min(file.durableLength, offset)
    this.touched(path, append)
  }

  private touched(path: string, append: boolean): void {
    this.dirty.add(path)
    this.onlyAppends &&= append
  }

  private openExisting(path: string): OpenFile | undefined {
    const known = this.open.get(path)
    if (known !== undefined) return known
    try {
      const fd = openSync(this.fileOf(path), 'r+')
      const file = { fd, length: fstatSync(fd).size, durableLength: 0 }
      this.open.set(path, file)
      return file
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** The name must become durable with the data. */
  private create(path: string): OpenFile {
    const folder = dirname(this.fileOf(path))
    this.makeFolder(folder)
    const file = { fd: openSync(this.fileOf(path), 'w+'), length: 0, durableLength: 0 }
    this.open.set(path, file)
    this.dirtyFolders.add(folder)
    return file
  }

  /** What was written to the file and is not durable becomes so under its new name. */
  private rename(path: string, to: string): void {
    const file = this.open.get(path)
    const wasDirty = this.dirty.delete(path)
    this.forget(to)
    this.open.delete(path)
    this.makeFolder(dirname(this.fileOf(to)))
    renameSync(this.fileOf(path), this.fileOf(to))
    if (file !== undefined) this.open.set(to, file)
    if (wasDirty) this.dirty.add(to)
    this.dirtyFolders.add(dirname(this.fileOf(path))).add(dirname(this.fileOf(to)))
  }

  private forget(path: string): void {
    const file = this.open.get(path)
    if (file !== undefined) closeSync(file.fd)
    this.open.delete(path)
    this.dirty.delete(path)
  }

  /** The names of folders made for a file must become durable with it. */
  private makeFolder(folder: string): void {
    const made = mkdirSync(folder, { recursive: true })
    if (made === undefined) return
    for (let above = folder; above !== dirname(made); above = dirname(above)) this.dirtyFolders.add(dirname(above))
  }

  private fileOf(path: string): string {
    const file = resolve(this.folder, path)
    if (!file.startsWith(this.folder + sep)) throw new DiskError('ENOENT', path)
    return file
  }
}

function syncFile(fd: number): Promise<void> {
  return new Promise((done, failed) => fdatasync(fd, (error) => (error === null ? done() : failed(error))))
}

/** Names are durable once their folder is; Windows has no such thing to ask for. */
function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return Promise.resolve()
  const fd = openSync(folder, 'r')
  return new Promise((done, failed) =>
    fsync(fd, (error) => {
      closeSync(fd)
      if (error === null) done()
      else failed(error)
    }),
  )
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof DiskError || code === undefined) throw error
    throw new DiskError(code === 'ENOSPC' || code === 'EDQUOT' ? 'ENOSPC' : 'EIO', path)
  }
}
