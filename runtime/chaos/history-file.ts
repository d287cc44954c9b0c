import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A history on disk, line by line. A file that cannot be written must not look like a machine that breaks. */
export class HistoryFile {
  /** Why nothing more can be written, in a clause. */
  problem: string | undefined
  private readonly path: string
  private readonly fd: number

  constructor(path: string) {
    this.path = path
    mkdirSync(dirname(path), { recursive: true })
    this.fd = openSync(path, 'w')
  }

  readonly add = (line: string): void => {
    if (this.problem !== undefined) return
    const bytes = Buffer.from(`${line}\n`)
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.fd, bytes, done)
    } catch (error) {
      this.problem = `the history cannot be written to ${this.path}: ${(error as Error).message}`
    }
  }

  close(): void {
    closeSync(this.fd)
  }
}
