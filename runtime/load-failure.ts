import { readFileSync } from 'node:fs'

/** Why a user's file does not load, in a sentence that ends with the place: the file, the line, the column. */
export function describeLoadFailure(path: string, files: readonly string[], error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const reason = (message.split('\n')[0] as string)
    .replace(/^ParseError: /, '')
    .trim()
    .replace(/\.$/, '')
  const place = missingImport(message, error) ?? firstPlace(files, error)
  return `${path} does not load: ${reason}${place === undefined ? '' : `, at ${place}`}.`
}

/** The first of the user's own lines in the message or the stack; frames of packages and of Node say nothing to them. */
function firstPlace(files: readonly string[], error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  for (const line of `${error.message}\n${error.stack ?? ''}`.split('\n')) {
    for (const file of files) {
      const at = line.indexOf(`${file}:`)
      const position = at < 0 ? null : /^\d+(:\d+)?/.exec(line.slice(at + file.length + 1))
      if (position !== null) return `${file}:${position[0]}`
    }
  }
  return undefined
}

/** A module that is not there has no stack frame of the importing line: the line that names it is looked up. */
function missingImport(message: string, error: unknown): string | undefined {
  const missing = /^Cannot find module '([^']+)'/.exec(message)?.[1]
  const importer = (error as { readonly requireStack?: readonly string[] } | null)?.requireStack?.[0]
  if (missing === undefined || importer === undefined) return undefined
  const lines = readFileSync(importer, 'utf8').split('\n')
  const index = lines.findIndex((line) => line.includes(`'${missing}'`) || line.includes(`"${missing}"`))
  return index < 0 ? importer : `${importer}:${index + 1}`
}
