/** What was said to a disk and waits behind a sync, and how the disk looks once it is done: reads see all that was said. */

/** One thing that a disk does, as it must be told to do it. */
export type DiskOperation =
  | {
      readonly kind: 'write'
      readonly path: string
      readonly offset: number
      readonly bytes: Uint8Array
      /** True where it begins at the end of the file. */
      readonly append: boolean
    }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }

/** A file as it will be; `read` gives it as it is. */
export function readThrough(
  path: string,
  waiting: readonly DiskOperation[],
  read: (path: string) => Uint8Array | undefined,
): Uint8Array | undefined {
  const changed = new Map<string, Uint8Array | undefined>()
  const now = (name: string): Uint8Array | undefined => (changed.has(name) ? changed.get(name) : read(name))
  for (const operation of waiting) {
    switch (operation.kind) {
      case 'write':
        changed.set(operation.path, written(now(operation.path), operation.offset, operation.bytes))
        break
      case 'truncate':
        changed.set(operation.path, now(operation.path)?.slice(0, operation.length))
        break
      case 'rename':
        changed.set(operation.to, now(operation.path))
        changed.set(operation.path, undefined)
        break
      case 'remove':
        changed.set(operation.path, undefined)
        break
    }
  }
  return now(path)
}

/** The names of files as they will be. */
export function pathsAfter(present: ReadonlySet<string>, waiting: readonly DiskOperation[]): ReadonlySet<string> {
  const paths = new Set(present)
  for (const operation of waiting) {
    if (operation.kind === 'write') paths.add(operation.path)
    if (operation.kind === 'rename') paths.add(operation.to)
    if (operation.kind === 'rename' || operation.kind === 'remove') paths.delete(operation.path)
  }
  return paths
}

function written(before: Uint8Array | undefined, offset: number, bytes: Uint8Array): Uint8Array {
  const after = new Uint8Array(Math.max(before?.length ?? 0, offset + bytes.length))
  if (before !== undefined) after.set(before)
  after.set(bytes, offset)
  return after
}
