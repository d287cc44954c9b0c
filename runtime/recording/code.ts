import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codeHash } from '../code-hash.ts'
import { userFiles } from '../user-files.ts'

/** Beside the machines themselves: what makes them of a configuration. */
const MAKING = ['systems', 'chaos/subject']

/** Names the code that decides what a recorded machine does: Petrel's, and a module with all that it imports. */
export function recordedCodeHash(codeFile: string | undefined): string {
  return codeHash([...makingFiles(), ...(codeFile === undefined ? [] : userFiles(codeFile))])
}

function makingFiles(): readonly string[] {
  const runtime = fileURLToPath(new URL('..', import.meta.url))
  return readdirSync(runtime, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[jt]s$/.test(path) && !path.endsWith('.d.ts'))
    .filter((path) => MAKING.some((place) => path.replaceAll('\\', '/').startsWith(place)))
    .map((path) => join(runtime, path))
}
