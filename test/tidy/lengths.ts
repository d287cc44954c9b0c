import { finding, folderOf, LIBRARY, lineOf, walk } from './source.ts'
import type { Source } from './source.ts'

export const FILE_LIMIT = 400
export const FUNCTION_LIMIT = 100

/** What is longer than its limit, with its present length: the figures may only go down. */
export interface Exceptions {
  readonly [path: string]: number
}

/** Files over the limit that are no exception, exceptions that grew, and exceptions whose figure can go down. */
export function lengthFindings(
  sources: readonly Source[],
  exceptions: Exceptions,
  limit = FILE_LIMIT,
): readonly string[] {
  const lengths = new Map(sources.map(({ path, text }) => [path, text.trimEnd().split('\n').length]))
  const tooLong = [...lengths].flatMap(([path, length]) => {
    const allowed = exceptions[path] ?? limit
    return length > allowed ? [`${path} has ${length} lines, ${allowed} are allowed`] : []
  })
  const slack = Object.entries(exceptions).flatMap(([path, allowed]) => {
    const length = lengths.get(path) ?? 0
    if (length <= limit) return [`${path} needs no exception any more`]
    return length < allowed ? [`${path} has ${length} lines: lower its exception from ${allowed}`] : []
  })
  return [...tooLong, ...slack]
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/** Functions of the library over the limit. */
export function longFunctions(source: Source, limit = FUNCTION_LIMIT): readonly string[] {
  if (!(LIBRARY as readonly string[]).includes(folderOf(source.path))) return []
  const found: string[] = []
  walk(source.program, (node) => {
    if (!FUNCTIONS.has(node.type)) return
    const length = lineOf(source, node.end) - lineOf(source, node.start) + 1
    if (length > limit) found.push(finding(source, node.start, `a function of ${length} lines, ${limit} are allowed`))
  })
  return found
}
