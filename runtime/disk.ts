import {
  closeSync,
  existsSync,
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
import { DiskError, type Disk } from '../sim/machine.ts'
import { pathsAfter, readThrough, type DiskOperation } from './disk-queue.ts'

type Said =
  | DiskOperation
  | { readonly kind: 'sync' }
  | { readonly kind: 'act'; readonly act: () => void }
  | { readonly kind: 'done' }

interface OpenFile {
  readonly fd: number
  length: number
}

/**
 * A node's disk on a real file system: a folder. `sync` is a barrier as the machine's contract has it: what is said
 * after it, to the disk or by {@link FileDisk.say}, waits until all that was written before is durable. Meanwhile the
 * process goes on; what it says queues, and appends that meet in the queue share one sync (group commit).
 */
export class FileDisk implements Disk {
  private readonly folder: string
  private readonly onFailure: (error: Error) => void
  private readonly open = new Map<string, OpenFile>()
  /** What waits behind the sync under way, in program order. */
  private queue: Said[] = []
  private syncing = false
  private failed = false
  /** Files with writes that are not durable; whether all of these are appends. */
  private readonly dirty = new Set<string>()
  private onlyAppends = true
  private readonly dirtyFolders = new Set<string>()

  /** `onFailure` hears of a sync, or of a write behind one, that failed: the node must stop, as a sync is not retried. */
  constructor(folder: string, onFailure: (error: Error) => void) {
    this.folder = resolve(folder)
    this.onFailure = onFailure
    mkdirSync(this.folder, { recursive: true })
  }

  read(path: string): Uint8Array | undefined {
    return readThrough(path, this.waiting(), (name) => this.readFile(name))
  }

  list(prefix = ''): readonly string[] {
    return [...pathsAfter(this.listFiles(), this.waiting())].filter((path) => path.startsWith(prefix)).sort()
  }

  append(path: string, bytes: Uint8Array): void {
    this.write(path, this.lengthOf(path), bytes)
  }

  write(path: string, offset: number, bytes: Uint8Array): void {
    this.sayWrite({ kind: 'write', path, offset, bytes, append: offset === this.lengthOf(path) })
  }

  truncate(path: string, length: number): void {
    this.mustExist(path)
    if (length < this.lengthOf(path)) this.sayWrite({ kind: 'truncate', path, length })
  }

  rename(from: string, to: string): void {
    this.mustExist(from)
    this.sayWrite({ kind: 'rename', path: from, to })
  }

  remove(path: string): void {
    this.mustExist(path)
    this.sayWrite({ kind: 'remove', path })
  }

  sync(): void {
    if (this.syncing || this.queue.length > 0) this.queue.push({ kind: 'sync' })
    else this.beginSync()
  }

  /** Says something that is no business of the disk, a message, in program order with what is. */
  say(act: () => void): void {
    if (this.syncing || this.queue.length > 0) this.queue.push({ kind: 'act', act })
    else act()
  }

  /** Closes all files. What waits behind a sync is dropped, as by a crash. */
  close(): void {
    this.queue = []
    this.failed = true
    for (const { fd } of this.open.values()) closeSync(fd)
    this.open.clear()
  }

  // ── What waits ───────────────────────────────────────────────────────────────────────────────────────────────

  private waiting(): readonly DiskOperation[] {
    return this.queue.filter(
      (said): said is DiskOperation => said.kind !== 'sync' && said.kind !== 'act' && said.kind !== 'done',
    )
  }

  private lengthOf(path: string): number {
    let length = this.openExisting(path)?.length ?? 0
    for (const said of this.queue) {
      if (said.kind === 'rename' && (said.path === path || said.to === path)) return this.read(path)?.length ?? 0
      if (!('path' in said) || said.path !== path) continue
      if (said.kind === 'write') length = Math.max(length, said.offset + said.bytes.length)
      if (said.kind === 'truncate') length = said.length
      if (said.kind === 'remove') length = 0
    }
    return length
  }

  private mustExist(path: string): void {
    if (!pathsAfter(this.listFiles(), this.waiting()).has(path)) throw new DiskError('ENOENT', path)
  }

  private sayWrite(operation: DiskOperation): void {
    // What waits keeps a copy, as the caller may use its buffer again at once.
    if (this.syncing || this.queue.length > 0)
      this.queue.push(operation.kind === 'write' ? { ...operation, bytes: operation.bytes.slice() } : operation)
    else this.perform(operation)
  }

  private drain(): void {
    let done = 0
    while (done < this.queue.length && !this.syncing && !this.failed) {
      const said = this.queue[done++]!
      if (said.kind === 'sync') {
        this.shareSync(done)
        this.beginSync()
      } else if (said.kind === 'act') said.act()
      else if (said.kind !== 'done') this.perform(said)
    }
    this.queue.splice(0, done)
  }

  /** Appends that wait behind the next sync take part in it while nothing but appends to one file is at stake. */
  private shareSync(from: number): void {
    if (this.dirty.size !== 1 || !this.onlyAppends || this.dirtyFolders.size > 0) return
    for (let index = from; index < this.queue.length; index++) {
      const said = this.queue[index]!
      if (said.kind === 'sync' || said.kind === 'act' || said.kind === 'done') continue
      if (said.kind !== 'write' || !said.append || !this.dirty.has(said.path)) return
      this.perform(said)
      this.queue[index] = { kind: 'done' }
    }
  }

  // ── The file system ──────────────────────────────────────────────────────────────────────────────────────────

  private beginSync(): void {
    const syncs = [
      ...[...this.dirty].map((path) => syncFile(this.open.get(path)!.fd)),
      ...[...this.dirtyFolders].map(syncFolder),
    ]
    this.dirty.clear()
    this.dirtyFolders.clear()
    this.onlyAppends = true
    if (syncs.length === 0) return
    this.syncing = true
    Promise.all(syncs).then(
      () => this.endSync(),
      (error: Error) => this.fail(error),
    )
  }

  private endSync(): void {
    this.syncing = false
    if (!this.failed) this.attempt(() => this.drain())
  }

  private attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.fail(error as Error)
    }
  }

  private fail(error: Error): void {
    if (this.failed) return
    this.failed = true
    this.onFailure(error)
  }

  private perform(operation: DiskOperation): void {
    try {
      this.performOnFiles(operation)
    } catch (error) {
      throw diskErrorFrom(error, operation.path)
    }
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
        this.touched(path, false)
        break
      }
      case 'rename':
        this.forget(path)
        this.forget(operation.to)
        mkdirSync(dirname(this.fileOf(operation.to)), { recursive: true })
        renameSync(this.fileOf(path), this.fileOf(operation.to))
        this.dirtyFolders.add(dirname(this.fileOf(path))).add(dirname(this.fileOf(operation.to)))
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
    this.touched(path, append)
  }

  private touched(path: string, append: boolean): void {
    this.dirty.add(path)
    this.onlyAppends &&= append
  }

  private openExisting(path: string): OpenFile | undefined {
    const known = this.open.get(path)
    if (known !== undefined || !existsSync(this.fileOf(path))) return known
    const fd = openSync(this.fileOf(path), 'r+')
    const file = { fd, length: fstatSync(fd).size }
    this.open.set(path, file)
    return file
  }

  /** The name must become durable with the data. */
  private create(path: string): OpenFile {
    const folder = dirname(this.fileOf(path))
    mkdirSync(folder, { recursive: true })
    const file = { fd: openSync(this.fileOf(path), 'w+'), length: 0 }
    this.open.set(path, file)
    this.dirtyFolders.add(folder)
    return file
  }

  private forget(path: string): void {
    const file = this.open.get(path)
    if (file !== undefined) closeSync(file.fd)
    this.open.delete(path)
    this.dirty.delete(path)
  }

  private readFile(path: string): Uint8Array | undefined {
    const file = this.fileOf(path)
    try {
      return existsSync(file) ? new Uint8Array(readFileSync(file)) : undefined
    } catch (error) {
      throw diskErrorFrom(error, path)
    }
  }

  private listFiles(): ReadonlySet<string> {
    const entries = readdirSync(this.folder, { recursive: true, withFileTypes: true })
    return new Set(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(this.folder, join(entry.parentPath, entry.name)).split(sep).join('/')),
    )
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

function diskErrorFrom(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof DiskError || code === undefined) return error
  return new DiskError(code === 'ENOSPC' || code === 'EDQUOT' ? 'ENOSPC' : 'EIO', path)
}
