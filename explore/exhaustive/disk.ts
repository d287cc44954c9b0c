import { DiskError, type Disk } from '../../sim/machine.ts'
import { Folder, type Fingerprint } from './fingerprint.ts'

/** The files of a disk at one moment; never changed. */
export type Files = ReadonlyMap<string, Uint8Array>

/**
 * A disk as the list of its versions, from the durable one to the one that reads see: a write adds a version, a sync
 * makes a later one the first, and a power loss leaves any of those in between. So a fork of it costs nothing.
 */
export interface DiskState {
  readonly versions: readonly Files[]
  /** How many writes behind the first version are carried out; those after them wait behind a sync. */
  readonly carriedOut: number
  /** How many of them the sync under way covers. */
  readonly syncing: number
}

const NOTHING = new Uint8Array(0)
const folder = new Folder({ unordered: true })
const known = new WeakMap<Files, Fingerprint>()

export function newDisk(image: Files = new Map()): DiskState {
  return { versions: [image], carriedOut: 0, syncing: 0 }
}

/** What lies on the disk and may still come to light, in any order of the files. */
export function diskFingerprint({ versions, carriedOut, syncing }: DiskState): readonly Fingerprint[] {
  return [folder.of(carriedOut, syncing), ...versions.map(filesFingerprint)]
}

function filesFingerprint(files: Files): Fingerprint {
  let fingerprint = known.get(files)
  if (fingerprint === undefined) {
    fingerprint = folder.of(files)
    known.set(files, fingerprint)
  }
  return fingerprint
}

/** The next write that waited is carried out. */
export function carryOut(disk: DiskState): DiskState {
  return { ...disk, carriedOut: disk.carriedOut + 1 }
}

/** Everything carried out so far is to become durable. */
export function beginSync(disk: DiskState): DiskState {
  return { ...disk, syncing: disk.carriedOut }
}

export function completeSync({ versions, carriedOut, syncing }: DiskState): DiskState {
  return { versions: versions.slice(syncing), carriedOut: carriedOut - syncing, syncing: 0 }
}

/** The process died: writes that waited behind a sync are gone, the page cache stays. */
export function killed({ versions, carriedOut }: DiskState): DiskState {
  return { versions: versions.slice(0, carriedOut + 1), carriedOut, syncing: 0 }
}

/** The power failed: the first `kept` of the writes that were carried out and not durable are left. */
export function powerLost({ versions }: DiskState, kept: number): DiskState {
  return newDisk(versions[kept])
}

/** A disk for one handler: reads see what was written, writes are told to `wrote`. */
export class DiskDraft implements Disk {
  readonly added: Files[] = []
  private files: Files
  private readonly host: { wrote(): void; synced(): void; read(): void }

  constructor(disk: DiskState, host: { wrote(): void; synced(): void; read(): void }) {
    this.files = disk.versions.at(-1)!
    this.host = host
  }

  read(path: string): Uint8Array | undefined {
    this.host.read()
    return this.files.get(path)?.slice()
  }

  list(prefix = ''): readonly string[] {
    this.host.read()
    return [...this.files.keys()].filter((path) => path.startsWith(prefix)).sort()
  }

  append(path: string, bytes: Uint8Array): void {
    this.write(path, this.files.get(path)?.length ?? 0, bytes)
  }

  write(path: string, offset: number, bytes: Uint8Array): void {
    const old = this.files.get(path) ?? NOTHING
    const content = new Uint8Array(Math.max(old.length, offset + bytes.length))
    content.set(old)
    content.set(bytes, offset)
    this.change((files) => files.set(path, content))
  }

  truncate(path: string, length: number): void {
    const old = this.existing(path)
    if (length < old.length) this.change((files) => files.set(path, old.slice(0, length)))
  }

  rename(from: string, to: string): void {
    const content = this.existing(from)
    this.change((files) => {
      files.delete(from)
      files.set(to, content)
    })
  }

  remove(path: string): void {
    this.existing(path)
    this.change((files) => files.delete(path))
  }

  sync(): void {
    this.host.synced()
  }

  private existing(path: string): Uint8Array {
    const content = this.files.get(path)
    if (content === undefined) throw new DiskError('ENOENT', path)
    return content
  }

  private change(edit: (files: Map<string, Uint8Array>) => void): void {
    const files = new Map(this.files)
    edit(files)
    this.files = files
    this.added.push(files)
    this.host.wrote()
  }
}
