/**
 * The words of a line; what stands between double quotes is one, in which a backslash takes the next character as it is.
 * A sentence where a quote is never closed.
 */
export function splitWords(line: string): readonly string[] | string {
  const found = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)]
  const open = found.find(([, , bare]) => bare?.startsWith('"') === true)
  if (open !== undefined)
    return `The quote at ${line.slice(open.index, open.index + 20)} is not closed: write "…" around the word.`
  return found.map(([, quoted, bare]) => (quoted === undefined ? bare! : quoted.replace(/\\(.)/g, '$1')))
}
