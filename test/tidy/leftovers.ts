import { finding, folderOf, walk } from './source.ts'
import type { Source, SyntaxNode } from './source.ts'

const MARKS = /\b(?:TODO|FIXME|XXX|HACK)\b/
const DIRECTIVES = /@ts-(?:ignore|nocheck)\b/

/** Places where printing is part of the work. */
const MAY_PRINT = new Set(['test', 'examples', 'bench', 'build.mjs'])

/** What was meant to be taken away again. */
export function leftovers(source: Source): readonly string[] {
  const found = source.comments.flatMap(({ value, start }) => {
    const mark = MARKS.exec(value) ?? DIRECTIVES.exec(value)
    return mark === null ? [] : [finding(source, start, `a leftover ${mark[0]}`)]
  })
  walk(source.program, (node) => {
    const what = leftoverCode(node, source.path)
    if (what !== undefined) found.push(finding(source, node.start, what))
  })
  return found
}

function leftoverCode(node: SyntaxNode, path: string): string | undefined {
  if (node.type === 'DebuggerStatement') return 'a debugger statement'
  if (node.type !== 'MemberExpression') return undefined
  const object = rootName(node['object'] as SyntaxNode)
  const property = (node['property'] as SyntaxNode)['name']
  if (property === 'only' && isTest(path) && ['test', 'it', 'describe', 'suite', 'bench'].includes(object))
    return `${object}.only`
  return object === 'console' && !MAY_PRINT.has(folderOf(path)) ? `console.${String(property)}` : undefined
}

function isTest(path: string): boolean {
  return ['test', 'examples'].includes(folderOf(path))
}

/** `test` of `test.concurrent.only`. */
function rootName(node: SyntaxNode): string {
  return node.type === 'MemberExpression' ? rootName(node['object'] as SyntaxNode) : String(node['name'])
}
