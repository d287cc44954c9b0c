import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { makeFolder } from '../make-folder.ts'

/** Another process has the data directory, or what has it cannot be told. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse'
  readonly dataDirectory: string

  constructor(dataDirectory: string, sentence: string) {
    super(sentence)
    this.dataDirectory = dataDirectory
  }
}

/** Gives the directory back. */
export type Unlock = () => void

/** The file that says which process has a data directory, while one has. */
export function lockFileOf(dataDirectory: string): string {
  return join(dataDirectory, 'lock')
}

/**
 * Takes a data directory for this process alone, until it unlocks it or dies: a file in it names the process, and one
 * left by a dead process is taken over. Throws {@link DataDirectoryInUse} where a living process has it.
 *
 * A process is known by its number and, where the system tells, by when it started, as numbers come again.
 */
export function lockDataDirectory(dataDirectory: string): Unlock {
  makeFolder(dataDirectory)
  const lock = lockFileOf(dataDirectory)
  const token = randomBytes(8).toString('hex')
  const own = `${lock}.${process.pid}.${token}`
  const words = JSON.stringify({ pid: process.pid, started: startOf(process.pid), token })
  // The name appears together with what it says: nobody reads a lock that is half written.
  writeFileSync(own, words)
  try {
    while (!tryLink(own, lock)) takeAway(dataDirectory, lock, `${own}.stale`)
  } finally {
    rmSync(own, { force: true })
  }
  return () => {
    if (readLock(lock) === words) rmSync(lock, { force: true })
  }
}

/**
 * The process that has a data directory, where that is certain: it lives, and began when the lock says. Undefined where
 * the system does not tell when processes began.
 */
export function processIn(dataDirectory: string): number | undefined {
  const holder = holderOf(readLock(lockFileOf(dataDirectory)) ?? '')
  const isCertain = typeof holder?.started === 'string' && startOf(holder.pid) === holder.started
  return isCertain ? holder.pid : undefined
}

function tryLink(own: string, lock: string): boolean {
  try {
    linkSync(own, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a dead process; throws where its process lives. */
function takeAway(dataDirectory: string, lock: string, aside: string): void {
  const found = readLock(lock)
  if (found === undefined) return
  const holder = holderOf(found)
  if (holder === undefined || isAlive(holder)) {
    const who = holder === undefined ? 'an unknown process' : `process ${holder.pid}`
    throw new DataDirectoryInUse(
      dataDirectory,
      `${dataDirectory} is in use by ${who}: stop it first, or take another directory` +
        (holder === undefined ? `; if nothing runs there, remove ${lock}` : ''),
    )
  }
  try {
    renameSync(lock, aside)
  } catch {
    // Another process took it away first.
    return
  }
  // What was moved may be a lock that someone has made since: then it goes back.
  if (readLock(aside) !== found) tryLink(aside, lock)
  rmSync(aside, { force: true })
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

interface Holder {
  readonly pid: number
  readonly started: string | null
}

function holderOf(words: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(words) as Partial<Holder>
    return Number.isSafeInteger(pid) && pid! > 0 ? { pid: pid!, started: started ?? null } : undefined
  } catch {
    return undefined
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // A process of someone else may not be asked, and lives.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const now = startOf(pid)
  return started === null || now === null || now === started
}

/** When a process started, as Linux counts it; null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold anything; the start is the 20th field behind it.
    return fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
