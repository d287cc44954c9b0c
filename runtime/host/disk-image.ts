import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the disk of a node is within its data directory; the lock is beside it. */
export function diskFolderOf(dataDirectory: string): string {
  return join(dataDirectory, 'disk')
}

/**
 * Sets a node's disk up with these files, durably. Does nothing, and returns false, where it has a disk: what a node
 * has written is never overwritten.
 */
export function writeDisk(dataDirectory: string, files: ReadonlyMap<string, Uint8Array>): boolean {
  const folder = diskFolderOf(dataDirectory)
  if (existsSync(folder) && readdirSync(folder).length > 0) return false
  for (const [path, bytes] of files) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes, { flush: true })
    for (let above = dirname(file); above !== dirname(dataDirectory); above = dirname(above)) syncFolder(above)
  }
  return true
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  fsyncSync(fd)
  closeSync(fd)
}
