import { existsSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../explore/usage-error.ts'

/** Said before hours of runs, not after. */
export function checkOutputFile(path: string | undefined, option = '--output-file'): void {
  if (path === undefined || existsSync(dirname(resolve(path)))) return
  throw new UsageError('output-file', `${option} ${path}: there is no folder ${dirname(resolve(path))}; make it first.`)
}

/** Writes what an option asked for; `option` is its name. */
export function writeReport(option: string, path: string, text: string): void {
  try {
    writeFileSync(path, text.endsWith('\n') ? text : `${text}\n`)
  } catch (error) {
    throw new UsageError('output-file', `${option} ${path} can't be written: ${(error as Error).message}.`)
  }
}
