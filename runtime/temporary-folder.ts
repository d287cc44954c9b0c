import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockDataDirectory, lockFileOf } from './host/data-lock.ts'

/** A folder for this process alone, among the temporary files of the system. */
export interface TemporaryFolder {
  readonly path: string
  readonly remove: () => void
}

/**
 * Makes a folder that is gone when it is removed, and at the end of this process at the latest. A process that is
 * killed outright leaves its own behind: whoever asks for one of the same kind next removes it, and `onLeft` hears of
 * each first. A lock in each folder tells whether its process lives.
 */
export function temporaryFolder(kind: string, onLeft: (path: string) => void = () => undefined): TemporaryFolder {
  removeLeft(kind, onLeft)
  const path = mkdtempSync(join(tmpdir(), `petrel-${kind}-`))
  const remove = (): void => {
    rmSync(path, { recursive: true, force: true, maxRetries: 5 })
    process.off('exit', remove)
  }
  process.once('exit', remove)
  try {
    lockDataDirectory(path)
  } catch (error) {
    remove()
    throw error
  }
  return { path, remove }
}

function removeLeft(kind: string, onLeft: (path: string) => void): void {
  const ofThisKind = new RegExp(`^petrel-${kind}-[A-Za-z0-9]{6}$`)
  const paths = readdirSync(tmpdir()).flatMap((name) => (ofThisKind.test(name) ? [join(tmpdir(), name)] : []))
  for (const path of paths) {
    try {
      if (!isOurs(path)) continue
      // Taken over from a dead process, and refused by one that lives.
      lockDataDirectory(path)
      onLeft(path)
      rmSync(path, { recursive: true, force: true })
    } catch {
      // Someone's still, or gone by now.
    }
  }
}

/** One without a lock is being made just now, or was left on purpose. */
function isOurs(path: string): boolean {
  const found = lstatSync(path)
  return found.isDirectory() && found.uid === process.getuid?.() && existsSync(lockFileOf(path))
}
