import { pathsAfter, readThrough, type DiskOperation } from './disk-queue.ts'
import type { DiskFolder } from './disk-folder.ts'

/**
 * A folder whose changes stay in the process until the next sync, as a disk may do: with the process they are gone.
 * So a kill loses what a power loss would, in order and nothing torn.
 */
export class HeldFolder implements Pick<DiskFolder, keyof DiskFolder> {
  private readonly files: DiskFolder
  private held: DiskOperation[] = []

  constructor(files: DiskFolder) {
    this.files = files
  }

  read(path: string): Uint8Array | undefined {
    return this.held.length === 0
      ? this.files.read(path)
      : readThrough(path, this.held, (name) => this.files.read(name))
  }

  lengthOf(path: string): number | undefined {
    return this.held.some((operation) => operation.path === path || ('to' in operation && operation.to === path))
      ? this.read(path)?.length
      : this.files.lengthOf(path)
  }

  durableLengthOf(path: string): number {
    return this.files.durableLengthOf(path)
  }

  list(): ReadonlySet<string> {
    return pathsAfter(this.files.list(), this.held)
  }

  perform(operation: DiskOperation): void {
    // The caller may use its buffer again at once.
    this.held.push(operation.kind === 'write' ? { ...operation, bytes: operation.bytes.slice() } : operation)
  }

  /** Without this, appends would not share a sync, and a slow disk be much slower than the one of the simulation. */
  get onlyAppendsTo(): string | undefined {
    const path = this.held[0]?.path
    const isShared = this.held.every(
      (operation) => operation.kind === 'write' && operation.append && operation.path === path,
    )
    return isShared && !this.files.isDirty ? path : undefined
  }

  get isDirty(): boolean {
    return this.held.length > 0 || this.files.isDirty
  }

  async sync(): Promise<void> {
    const held = this.held
    this.held = []
    for (const operation of held) this.files.perform(operation)
    await this.files.sync()
  }

  close(): void {
    this.held = []
    this.files.close()
  }
}
