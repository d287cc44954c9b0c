import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folders whose code decides what a run does. */
const DECIDING_FOLDERS = ['checks', 'explore', 'nodes', 'scenarios', 'sim']

let shippedCode: Buffer | undefined

/**
 * 7 hex digits that name the code of a run: Petrel's own and the given files, as a token carries them. Run from the
 * sources it is another hash than run from `dist/`, stable all the same. Petrel's own files are read at the first
 * call, once.
 */
export function codeHash(extraFiles: readonly string[] = []): string {
  shippedCode ??= digestOf(shippedFiles())
  const hash = createHash('sha256').update(shippedCode)
  if (extraFiles.length > 0) hash.update(digestOf([...extraFiles].sort()))
  return hash.digest('hex').slice(0, 7)
}

function shippedFiles(): readonly string[] {
  const root = fileURLToPath(new URL('..', import.meta.url))
  return DECIDING_FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.[jt]s$/.test(path) && !path.endsWith('.d.ts'))
      .map((path) => join(root, folder, path))
      .sort(),
  )
}

/** Over the contents, each after its length; a checkout with other line ends is the same code. */
function digestOf(paths: readonly string[]): Buffer {
  const hash = createHash('sha256')
  for (const path of paths) {
    const bytes = readFileSync(path)
    const code = bytes.includes('\r') ? Buffer.from(bytes.toString('utf8').replaceAll('\r\n', '\n')) : bytes
    hash.update(`${code.length}\n`).update(code)
  }
  return hash.digest()
}
