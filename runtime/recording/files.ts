import { File } from '../../sim/file.ts'
import { DiskError } from '../../sim/machine.ts'

/** One thing that a disk did, as it must be told to do it again. */
export type FileOperation =
  | {
      readonly kind: 'write'
      readonly path: string
      readonly offset: number
      readonly bytes: Uint8Array
      /** True where it began at the end of the file. */
      readonly appends: boolean
    }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }

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
  perform(operation: FileOperation): void {
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
