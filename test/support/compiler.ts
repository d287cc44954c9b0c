import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

const COMPILER = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

export interface CompilerError {
  /** Relative to the project's folder, with slashes. */
  readonly file: string
  readonly line: number
  readonly message: string
}

/** Runs the compiler in the project's folder and gives its errors, in the order it prints them. */
export function compile(...options: readonly string[]): readonly CompilerError[] {
  const { stdout, status } = spawnSync(process.execPath, [COMPILER, ...options, '--pretty', 'false'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const errors = stdout.split('\n').flatMap((text): CompilerError[] => {
    const [, file, line, message] = /^(.+?)\((\d+),\d+\): (error .*)$/.exec(text) ?? []
    return file && line && message ? [{ file: file.replaceAll('\\', '/'), line: Number(line), message }] : []
  })
  if (status !== 0 && errors.length === 0) throw new Error(`The compiler failed and named no place: ${stdout}`)
  return errors
}
