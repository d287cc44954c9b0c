import { File } from './file.ts'
import { DiskError, type Disk } from './machine.ts'

/** One write, with what it takes to undo it and to do it again. */
export type Write =
  | {
      readonly kind: 'append' | 'write'
      readonly path: string
      readonly file: File
      /** True where this write made the file. */
      readonly created: boolean
      readonly offset: number
      bytes: Uint8Array
      readonly before: Uint8Array
      readonly lengthBefore: number
    }
  | {
      readonly kind: 'truncate'
      readonly path: string
      readonly file: File
      readonly length: number
      readonly before: Uint8Array
    }
  | {
      readonly kind: 'rename'
      readonly path: string
      readonly file: File
      readonly to: string
      readonly replaced: File | undefined
    }
  | { readonly kind: 'remove'; readonly path: string; readonly removed: File }

/** What an operation does: reads; needs room; or changes what is there without needing any. */
export type DiskUse = 'read' | 'grow' | 'change'

/** What a disk asks of the node it belongs to. */
export interface DiskHost {
  /** Throws a {@link DiskError} where the disk is full or broken. */
  gate(use: DiskUse, path: string): void
  /** Put the write, the sync, into the list of what the node says. */
  wrote(write: Write): void
  synced(): void
  /** A write went to another place. */
  misdirected(): void
}

/** What becomes of a write when the power fails before it was durable. */
export type WriteFate = 'kept' | 'lost' | { readonly tornAt: number }

const NOTHING = new Uint8Array(0)

/**
 * A disk with a page cache. A name leads to a file, and what is written goes to the file, whatever it is called by then.
 * Writes show at once; they are said, then carried out, then durable, always in the order
 * they were said. A killed process loses what was only said; a power loss loses what was not durable, each write by
 * a fate of its own: a name may outlive the data behind it, and data the name. Both work by undoing writes from the last
 * to the first.
 */
export class SimulatedDisk implements Disk {
  private files = new Map<string, File>()
  /** Writes that are not durable yet, in order. */
  private writes: Write[] = []
  /** How many of them are carried out; the rest is only said. */
  private carriedOut = 0
  /** The first write that was carried out ahead of its barrier; Infinity where none was. */
  private aheadFrom = Infinity
  /** How many of the carried out the sync under way covers. */
  private syncing = 0
  private readonly host: DiskHost
  private misdirectNext = false
  /** The files as they were at the last start, for a restart with an old disk. */
  private image = new Map<string, File>()

  constructor(image: ReadonlyMap<string, Uint8Array> | undefined, host: DiskHost) {
    this.host = host
    for (const [path, bytes] of image ?? []) {
      const file = new File()
      file.put(0, bytes)
      this.files.set(path, file)
    }
  }

  read(path: string): Uint8Array | undefined {
    this.host.gate('read', path)
    const file = this.files.get(path)
    return file?.bytes.slice(0, file.length)
  }

  list(prefix = ''): readonly string[] {
    this.host.gate('read', prefix)
    return [...this.files.keys()].filter((path) => path.startsWith(prefix)).sort()
  }

  append(path: string, bytes: Uint8Array): void {
    this.host.gate('grow', path)
    const existing = this.files.get(path)
    const file = existing ?? new File()
    const offset = file.length
    this.say({
      kind: 'append',
      path,
      file,
      created: existing === undefined,
      offset,
      bytes,
      before: NOTHING,
      lengthBefore: offset,
    })
  }

  write(path: string, offset: number, bytes: Uint8Array): void {
    this.host.gate('grow', path)
    const existing = this.files.get(path)
    const file = existing ?? new File()
    const lengthBefore = file.length
    const before = file.bytes.slice(offset, Math.min(lengthBefore, offset + bytes.length))
    this.say({ kind: 'write', path, file, created: existing === undefined, offset, bytes, before, lengthBefore })
  }

  truncate(path: string, length: number): void {
    this.host.gate('change', path)
    const file = this.existing(path)
    if (length >= file.length) return
    this.say({ kind: 'truncate', path, file, length, before: file.bytes.slice(length, file.length) })
  }

  rename(from: string, to: string): void {
    this.host.gate('change', from)
    const file = this.existing(from)
    this.say({ kind: 'rename', path: from, file, to, replaced: this.files.get(to) })
  }

  remove(path: string): void {
    this.host.gate('change', path)
    this.say({ kind: 'remove', path, removed: this.existing(path) })
  }

  sync(): void {
    this.host.synced()
  }

  /** Carries out the next write that was said. */
  carryOut(): void {
    this.carriedOut++
  }

  /** Carries it out ahead of its barrier, to share a sync: it is then never durable where an earlier write is not. */
  carryOutAhead(): void {
    this.aheadFrom = Math.min(this.aheadFrom, this.carriedOut)
    this.carriedOut++
  }

  /** The path that every write not yet durable appends to, where they are all appends to one file. */
  get onlyAppendsTo(): string | undefined {
    const path = this.writes[0]?.path
    for (let index = 0; index < this.carriedOut; index++) {
      if (this.writes[index]!.kind !== 'append' || this.writes[index]!.path !== path) return undefined
    }
    return path
  }

  /** The next write that was said and not carried out. */
  get nextSaid(): Write | undefined {
    return this.writes[this.carriedOut]
  }

  /** True where something carried out is not durable. */
  get dirty(): boolean {
    return this.carriedOut > 0
  }

  beginSync(): void {
    this.syncing = this.carriedOut
  }

  /** What the sync covered is durable now; or, where the sync was lost, the node only believes so. */
  completeSync(lost: boolean): void {
    if (!lost) {
      this.settle()
      this.carriedOut -= this.syncing
      this.aheadFrom = Infinity
      if (this.syncing === this.writes.length) this.writes = []
      else this.writes.splice(0, this.syncing)
    }
    this.syncing = 0
  }

  /** Remembers where the first write of this sync began in each file. */
  private settle(): void {
    for (let index = this.syncing - 1; index >= 0; index--) {
      const write = this.writes[index]!
      if (write.kind === 'append' || write.kind === 'write') write.file.settledLength = write.offset
    }
  }

  /** The process died: what it only said is gone, the page cache stays. */
  kill(): void {
    while (this.writes.length > this.carriedOut) this.undo(this.writes.pop()!)
    this.syncing = 0
  }

  /** The power failed: each write that was not durable meets the fate that `fateOf` gives it. Returns how many were torn. */
  losePower(fateOf: (write: Write, index: number, count: number) => WriteFate): number {
    this.kill()
    const pending = this.writes
    const { aheadFrom } = this
    for (let index = pending.length - 1; index >= 0; index--) {
      this.keepBytes(pending[index]!)
      this.undo(pending[index]!)
    }
    this.forgetWrites()
    const named = new Set(this.files.values())
    let torn = 0
    let whole = true
    for (const [index, write] of pending.entries()) {
      const fate: WriteFate = index < aheadFrom || whole ? fateOf(write, index, pending.length) : 'lost'
      whole &&= fate === 'kept'
      if (fate === 'lost') continue
      if (fate !== 'kept') torn++
      this.redo(write, fate, named)
    }
    for (const file of this.files.values()) this.revealLatent(file)
    return torn
  }

  /**
   * What a write put there, taken from the file before the write is undone: the caller's buffer may hold something
   * else by now, and a copy of every write would cost more than all else that a disk does.
   */
  private keepBytes(write: Write): void {
    if (write.kind !== 'append' && write.kind !== 'write') return
    write.bytes = write.file.bytes.slice(write.offset, write.offset + write.bytes.length)
  }

  private forgetWrites(): void {
    this.writes = []
    this.carriedOut = 0
    this.aheadFrom = Infinity
  }

  /** Keeps the files as they are at a start, for a later restart with an old disk. */
  keepImage(): void {
    this.image = copyOf(this.files)
  }

  /** The node comes back with the disk as it was at its last start. */
  restoreOld(): void {
    this.files = copyOf(this.image)
    this.forgetWrites()
  }

  wipe(): void {
    this.files.clear()
    this.forgetWrites()
  }

  /** Flips one bit of what was durable before the last synced write. False where there is no such bit. */
  rot(choose: (count: number) => number): boolean {
    const candidates = [...this.files.values()].filter((file) => Math.min(file.settledLength, file.length) > 0)
    if (candidates.length === 0) return false
    const file = candidates[choose(candidates.length)]!
    const place = choose(Math.min(file.settledLength, file.length))
    file.bytes[place]! ^= 1 << choose(8)
    return true
  }

  misdirectNextWrite(): void {
    this.misdirectNext = true
  }

  private existing(path: string): File {
    const file = this.files.get(path)
    if (file === undefined) throw new DiskError('ENOENT', path)
    return file
  }

  private say(write: Write): void {
    this.apply(write)
    this.writes.push(write)
    this.host.wrote(write)
  }

  private apply(write: Write): void {
    switch (write.kind) {
      case 'append':
      case 'write': {
        const { file } = write
        if (write.created) this.files.set(write.path, file)
        if (this.misdirectNext && write.offset > 0) this.misdirect(file, write)
        file.put(write.offset, write.bytes)
        break
      }
      case 'truncate':
        write.file.length = write.length
        break
      case 'rename':
        this.files.delete(write.path)
        this.files.set(write.to, write.file)
        break
      case 'remove':
        this.files.delete(write.path)
        break
    }
  }

  private misdirect(file: File, write: Extract<Write, { readonly bytes: Uint8Array }>): void {
    this.misdirectNext = false
    this.host.misdirected()
    const elsewhere = Math.max(0, (write.offset >> 1) - (write.bytes.length >> 1))
    file.latent.push(
      { offset: elsewhere, bytes: write.bytes.slice() },
      { offset: write.offset, bytes: new Uint8Array(write.bytes.length) },
    )
  }

  private revealLatent(file: File): void {
    for (const { offset, bytes } of file.latent) {
      if (offset + bytes.length <= file.length) file.put(offset, bytes)
    }
    file.latent = []
  }

  private undo(write: Write): void {
    switch (write.kind) {
      case 'append':
      case 'write': {
        if (write.created) this.files.delete(write.path)
        write.file.put(write.offset, write.before)
        write.file.length = write.lengthBefore
        break
      }
      case 'truncate':
        write.file.put(write.length, write.before)
        break
      case 'rename': {
        this.files.set(write.path, write.file)
        if (write.replaced === undefined) this.files.delete(write.to)
        else this.files.set(write.to, write.replaced)
        break
      }
      case 'remove':
        this.files.set(write.path, write.removed)
        break
    }
  }

  /**
   * Does a write again, on files that may lack what earlier, lost writes had put there. A file whose making was lost
   * has no name until a later write to it, or its renaming, brings one; where that name is taken by now, it has none.
   */
  private redo(write: Write, fate: Exclude<WriteFate, 'lost'>, named: Set<File>): void {
    const { path } = write
    switch (write.kind) {
      case 'append':
      case 'write':
        write.file.put(write.offset, fate === 'kept' ? write.bytes : write.bytes.subarray(0, fate.tornAt))
        if (write.created || (!named.has(write.file) && !this.files.has(path))) this.name(path, write.file, named)
        break
      case 'truncate':
        write.file.length = Math.min(write.file.length, write.length)
        break
      case 'rename':
        if (this.files.get(path) === write.file) this.files.delete(path)
        this.name(write.to, write.file, named)
        break
      case 'remove':
        if (this.files.get(path) === write.removed) this.files.delete(path)
        break
    }
  }

  private name(path: string, file: File, named: Set<File>): void {
    this.files.set(path, file)
    named.add(file)
  }
}

function copyOf(files: ReadonlyMap<string, File>): Map<string, File> {
  return new Map([...files].map(([path, file]) => [path, file.copy()]))
}
