import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Petrel's version, from the package.json beside the sources or above the built files. */
export function petrelVersion(): string {
  const paths = ['../package.json', '../../package.json'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
  const path = paths.find((candidate) => existsSync(candidate))
  return path === undefined
    ? 'unknown'
    : (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version
}
