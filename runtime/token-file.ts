import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { LONGEST_TOKEN } from '../explore/token.ts'
import { UsageError } from '../explore/usage-error.ts'

/** The token itself, or the file in the working folder that it was written to, where it is too long for a line. */
export function tokenForPeople(token: string): string {
  if (token.length <= LONGEST_TOKEN) return token
  const [, scenario = 'run', seed = ''] = token.split('.')
  const path = `petrel-${scenario.replaceAll(/[^\w-]/g, '_')}-${seed}.token`
  try {
    writeFileSync(path, `${token}\n`)
    return path
  } catch {
    return token
  }
}

/** The token that was given, or the one in the file that was. */
export function tokenFrom(given: string): string {
  if (/^v\d+\./.test(given.trim())) return given.trim()
  if (existsSync(given) && statSync(given).isFile()) return readFileSync(given, 'utf8').trim()
  throw new UsageError(
    'not-a-token',
    `"${given}" is neither a token nor a file. A token looks like v1.raft-kv.5eed1f.kQ4x...; copy the whole line that follows "petrel replay".`,
  )
}
