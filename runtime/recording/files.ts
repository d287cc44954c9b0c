import { File } from '../../sim/file.ts'
import { DiskError } from '../../sim/machine.ts'
import type { DiskOperation } from '../disk-queue.ts'

/** The files of a recorded node. */
export class Files {
  private readonly files = new Map<string, File>()

  constructor(image: ReadonlyMap<string, Uint8Array>) {
    for (const [path, bytes] of image) this.open(path).put(0, bytes)
  }

  get count(): number {
    return this.files.size
  }

  read(path: string): Uint8Array | undefined {
    const file = this.files.get(path)
    return file?.bytes.slice(0, file.length)
  }

  list(prefix: string): readonly string[] {
    return [...this.files.keys()].filter((path) => path.startsWith(prefix)).sort()
  }

  has(path: string): boolean {
    return this.files.has(path)
  }

  lengthOf(path: string): number {
    return this.files.get(path)?.length ?? 0
  }

  /** Throws a {@link DiskError} where the file is missing. */
  perform(operation: DiskOperation): void {
    const { path } = operation
    switch (operation.kind) {
      case 'write':
        this.open(path).put(operation.offset, operation.bytes)
        break
      case 'truncate': {
        const file = this.existing(path)
        file.length = Math.min(file.length, operation.length)
        break
      }
      case 'rename': {
        const file = this.existing(path)
        this.files.delete(path)
        this.files.set(operation.to, file)
        break
      }
      case 'remove':
        this.existing(path)
        this.files.delete(path)
        break
    }
  }

  /** All of them as they are now. */
  image(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.files.keys()].map((path) => [path, this.read(path)!]))
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
