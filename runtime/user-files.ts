import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** `from './a.ts'`, `import './a.ts'`, `import('./a.ts')`, `require('./a')`. */
const RELATIVE_IMPORT = /\b(?:from|import|require)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]+)\1/g

const EXTENSIONS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.json']

/**
 * A file and all it imports by relative paths, directly or not, sorted: the user's own code, without packages. It
 * reads the text, so that it tells the same for code that does not load; a path put together at run time is missed.
 */
export function userFiles(entry: string): readonly string[] {
  const found = new Set<string>()
  const pending = [resolve(entry)]
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (found.has(path)) continue
    found.add(path)
    for (const [, , specifier] of readFileSync(path, 'utf8').matchAll(RELATIVE_IMPORT)) {
      const imported = resolveFile(resolve(dirname(path), specifier as string))
      if (imported !== undefined) pending.push(imported)
    }
  }
  return [...found].sort()
}

/** As a loader of TypeScript does: the file itself, `a.ts` for `a.js`, an extension left out, a folder's index. */
function resolveFile(path: string): string | undefined {
  const candidates = [
    path,
    path.replace(/\.([cm]?)js$/, '.$1ts'),
    ...EXTENSIONS.map((extension) => path + extension),
    ...EXTENSIONS.map((extension) => resolve(path, `index${extension}`)),
  ]
  return candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile())
}
