import { DiskError, type Disk } from '../sim/machine.ts'
import { DiskFolder } from './disk-folder.ts'
import { pathsAfter, readThrough, type DiskOperation } from './disk-queue.ts'
import { HeldFolder } from './held-folder.ts'
import type { DiskFaults } from './host/disk-faults.ts'

type Said =
  | DiskOperation
  | { readonly kind: 'sync' }
  | { readonly kind: 'act'; readonly act: () => void }
  | { readonly kind: 'done' }

type Write = Extract<DiskOperation, { readonly kind: 'write' }>

export interface FileDiskOptions {
  /** A sync, or an operation behind one, failed: the node must stop, as a sync is not retried. */
  readonly onFailure: (error: Error) => void
  /** A sync ended well; called before what waits behind it is carried out. It took so long. */
  readonly onSynced?: (milliseconds: number) => void
  readonly faults?: DiskFaults | undefined
}

/**
 * A node's disk on a real file system: a folder. `sync` is a barrier as the machine's contract has it: what is said
 * after it, to the disk or by {@link FileDisk.say}, waits until all that was written before is durable. Meanwhile the
 * process goes on; what it says queues, and appends that meet in the queue share one sync (group commit).
 */
export class FileDisk implements Disk {
  private readonly files: Pick<DiskFolder, keyof DiskFolder>
  private readonly options: FileDiskOptions
  /** What waits behind the sync under way, or for its handler to return, in program order. */
  private queue: Said[] = []
  /** How long files will be that the queue changes; undefined: there will be none. */
  private readonly expected = new Map<string, number | undefined>()
  private syncing = false
  private draining = false
  private held = false
  private failed = false

  constructor(folder: string, options: FileDiskOptions) {
    const files = new DiskFolder(folder)
    this.files = options.faults?.holdsBack === true ? new HeldFolder(files) : files
    this.options = options
  }

  read(path: string): Uint8Array | undefined {
    this.gate('read', path)
    return this.readAsSaid(path)
  }

  list(prefix = ''): readonly string[] {
    this.gate('read', prefix)
    return this.pathsAsSaid().filter((path) => path.startsWith(prefix))
  }

  /** All files as reads see them, whatever faults the disk has. */
  image(): ReadonlyMap<string, Uint8Array> {
    return new Map(this.pathsAsSaid().map((path) => [path, this.readAsSaid(path)!]))
  }

  append(path: string, bytes: Uint8Array): void {
    this.gate('grow', path)
    this.sayWrite({ kind: 'write', path, offset: this.lengthOf(path) ?? 0, bytes, append: true })
  }

  write(path: string, offset: number, bytes: Uint8Array): void {
    this.gate('grow', path)
    this.sayWrite({ kind: 'write', path, offset, bytes, append: offset === (this.lengthOf(path) ?? 0) })
  }

  truncate(path: string, length: number): void {
    this.gate('change', path)
    if (length < this.lengthOfExisting(path)) this.sayWrite({ kind: 'truncate', path, length })
  }

  rename(from: string, to: string): void {
    this.gate('change', from)
    this.lengthOfExisting(from)
    if (from !== to) this.sayWrite({ kind: 'rename', path: from, to })
  }

  remove(path: string): void {
    this.gate('change', path)
    this.lengthOfExisting(path)
    this.sayWrite({ kind: 'remove', path })
  }

  sync(): void {
    if (this.waits) this.queue.push({ kind: 'sync' })
    else this.beginSync()
  }

  durableLength(path: string): number {
    return this.files.durableLengthOf(path)
  }

  /** Says something that is no business of the disk, a message, in program order with what is. */
  say(act: () => void): void {
    if (this.waits || this.held) this.queue.push({ kind: 'act', act })
    else act()
  }

  /** A handler begins: what it says by {@link FileDisk.say}, and whatever follows that, waits for it to return. */
  hold(): void {
    this.held = true
  }

  /** The handler returned. */
  release(): void {
    this.held = false
    if (!this.syncing) this.drain()
  }

  /** The handler threw: of what it said, writes before its first sync are kept, and nothing else of what waits. */
  abandon(): void {
    this.held = false
    const waiting = this.syncing ? [] : this.queue
    this.forgetQueue()
    for (const said of waiting) {
      if (said.kind === 'sync' && this.files.isDirty) return
      if (said.kind !== 'sync' && said.kind !== 'act' && said.kind !== 'done') this.files.perform(said)
    }
  }

  /** How many things wait. */
  get waiting(): number {
    return this.queue.length
  }

  /** Closes all files. What waits behind a sync is dropped, as by a crash. */
  close(): void {
    this.forgetQueue()
    this.failed = true
    if (!this.syncing) this.files.close()
  }

  private get waits(): boolean {
    return this.syncing || this.queue.length > 0
  }

  private gate(use: 'read' | 'grow' | 'change', path: string): void {
    const code = this.options.faults?.operation(use, path)
    if (code !== undefined) throw new DiskError(code, path)
  }

  // ── What waits ───────────────────────────────────────────────────────────────────────────────────────────────

  private readAsSaid(path: string): Uint8Array | undefined {
    if (!this.expected.has(path)) return this.files.read(path)
    return readThrough(path, this.waitingOperations(), (name) => this.files.read(name))
  }

  private pathsAsSaid(): readonly string[] {
    return [...pathsAfter(this.files.list(), this.waitingOperations())].sort()
  }

  private waitingOperations(): readonly DiskOperation[] {
    return this.queue.filter(
      (said): said is DiskOperation => said.kind !== 'sync' && said.kind !== 'act' && said.kind !== 'done',
    )
  }

  private lengthOf(path: string): number | undefined {
    return this.expected.has(path) ? this.expected.get(path) : this.files.lengthOf(path)
  }

  private lengthOfExisting(path: string): number {
    const length = this.lengthOf(path)
    if (length === undefined) throw new DiskError('ENOENT', path)
    return length
  }

  private sayWrite(operation: DiskOperation): void {
    if (!this.waits) {
      this.files.perform(operation)
      return
    }
    this.expect(operation)
    // What waits keeps a copy, as the caller may use its buffer again at once.
    this.queue.push(operation.kind === 'write' ? { ...operation, bytes: operation.bytes.slice() } : operation)
  }

  private expect(operation: DiskOperation): void {
    const { path } = operation
    switch (operation.kind) {
      case 'write':
        this.expected.set(path, Math.max(this.lengthOf(path) ?? 0, operation.offset + operation.bytes.length))
        break
      case 'truncate':
        this.expected.set(path, operation.length)
        break
      case 'rename':
        this.expected.set(operation.to, this.lengthOf(path))
        this.expected.set(path, undefined)
        break
      case 'remove':
        this.expected.set(path, undefined)
        break
    }
  }

  private drain(): void {
    if (this.draining || this.queue.length === 0) return
    this.draining = true
    let done = 0
    try {
      while (done < this.queue.length && !this.syncing && !this.failed) {
        const said = this.queue[done++]!
        if (said.kind === 'sync') {
          this.shareSync(done)
          this.beginSync()
        } else if (said.kind === 'act') said.act()
        else if (said.kind !== 'done') this.files.perform(said)
      }
    } catch (error) {
      this.fail(error as Error)
    }
    this.draining = false
    if (done >= this.queue.length) this.forgetQueue()
    else this.queue.splice(0, done)
  }

  private forgetQueue(): void {
    this.queue = []
    this.expected.clear()
  }

  /**
   * Appends that wait behind the next sync take part in it while nothing but appends to one file is at stake. They go
   * to the file as one write.
   */
  private shareSync(from: number): void {
    const path = this.files.onlyAppendsTo
    if (path === undefined) return
    const group: Write[] = []
    for (let index = from; index < this.queue.length; index++) {
      const said = this.queue[index]!
      if (said.kind === 'sync' || said.kind === 'act' || said.kind === 'done') continue
      if (said.kind !== 'write' || !said.append || said.path !== path) break
      group.push(said)
      this.queue[index] = { kind: 'done' }
    }
    if (group.length > 0) this.files.perform({ ...group[0]!, bytes: joined(group) })
  }

  // ── Syncs ────────────────────────────────────────────────────────────────────────────────────────────────────

  private beginSync(): void {
    if (!this.files.isDirty) return
    this.syncing = true
    const startedMs = performance.now()
    this.syncFiles().then(
      () => this.endSync(performance.now() - startedMs),
      (error: Error) => this.fail(error),
    )
  }

  private async syncFiles(): Promise<void> {
    const fault = this.options.faults?.sync() ?? 0
    if (fault === 'fails') throw new DiskError('EIO', 'sync')
    if (fault > 0) await new Promise((resolve) => setTimeout(resolve, fault))
    await this.files.sync()
  }

  private endSync(tookMs: number): void {
    this.syncing = false
    if (this.failed) {
      this.files.close()
      return
    }
    this.options.onSynced?.(tookMs)
    if (!this.held) this.drain()
  }

  private fail(error: Error): void {
    this.syncing = false
    if (this.failed) {
      this.files.close()
      return
    }
    this.failed = true
    this.options.onFailure(error)
  }
}

function joined(writes: readonly Write[]): Uint8Array {
  if (writes.length === 1) return writes[0]!.bytes
  const bytes = new Uint8Array(writes.reduce((sum, write) => sum + write.bytes.length, 0))
  let offset = 0
  for (const write of writes) {
    bytes.set(write.bytes, offset)
    offset += write.bytes.length
  }
  return bytes
}
