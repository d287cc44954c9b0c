import { finding, walk } from './source.ts'
import type { Source, SyntaxNode } from './source.ts'

/**
 * What deterministic code must not use, beyond what the compiler refuses there already (timers, console, process and
 * the rest of the host: see the canary). The rules look at the syntax tree, so comments and strings don't matter.
 */

const GLOBALS = new Set([
  'Date',
  'Intl',
  'Promise',
  'WeakRef',
  'FinalizationRegistry',
  'SharedArrayBuffer',
  'Atomics',
  'eval',
  'globalThis',
])

/** Results of these differ between engines in the last bit, or from call to call. */
const INEXACT_MATH = new Set([
  'random',
  'pow',
  'exp',
  'expm1',
  'log',
  'log2',
  'log10',
  'log1p',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'atan2',
  'sinh',
  'cosh',
  'tanh',
  'asinh',
  'acosh',
  'atanh',
  'cbrt',
  'hypot',
])

/** Methods whose answer depends on the Unicode tables or the locale of the platform. */
const PLATFORM_METHODS = new Set([
  'localeCompare',
  'normalize',
  'toLowerCase',
  'toUpperCase',
  'toLocaleLowerCase',
  'toLocaleUpperCase',
  'toLocaleString',
  'toLocaleDateString',
  'toLocaleTimeString',
])

type Rule = (node: SyntaxNode, parent: SyntaxNode | undefined, field: string) => string | undefined

const RULES: readonly Rule[] = [
  globalName,
  inexactMath,
  platformMethod,
  power,
  asynchronous,
  forIn,
  unicodeProperty,
  moduleVariable,
  integerKey,
]

export function forbiddenNames(source: Source): readonly string[] {
  const found: string[] = []
  walk(source.program, (node, parent, field) => {
    for (const rule of RULES) {
      const what = rule(node, parent, field)
      if (what !== undefined) found.push(finding(source, node.start, what))
    }
  })
  return found
}

function globalName(node: SyntaxNode, parent: SyntaxNode | undefined, field: string): string | undefined {
  if (node.type !== 'Identifier' || !GLOBALS.has(node['name'] as string)) return undefined
  const onlyNamesAMember = (field === 'property' || field === 'key') && parent?.['computed'] !== true
  return onlyNamesAMember ? undefined : `${String(node['name'])}`
}

function memberName(node: SyntaxNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const property = node['property'] as SyntaxNode
  return (node['computed'] === true ? property['value'] : property['name']) as string | undefined
}

function inexactMath(node: SyntaxNode): string | undefined {
  if ((node['object'] as SyntaxNode | undefined)?.['name'] === 'Math') {
    const name = memberName(node)
    return name !== undefined && INEXACT_MATH.has(name) ? `Math.${name}` : undefined
  }
  const init = node['init'] as SyntaxNode | null | undefined
  return node.type === 'VariableDeclarator' && init?.['name'] === 'Math' ? 'Math under another name' : undefined
}

function platformMethod(node: SyntaxNode): string | undefined {
  const name = memberName(node)
  return name !== undefined && PLATFORM_METHODS.has(name) ? `.${name}` : undefined
}

function power(node: SyntaxNode): string | undefined {
  return node['operator'] === '**' || node['operator'] === '**=' ? 'the operator **' : undefined
}

function asynchronous(node: SyntaxNode): string | undefined {
  if (node['async'] === true) return 'an async function'
  return node.type === 'AwaitExpression' || node['await'] === true ? 'await' : undefined
}

function forIn(node: SyntaxNode): string | undefined {
  return node.type === 'ForInStatement' ? 'for…in' : undefined
}

function unicodeProperty(node: SyntaxNode): string | undefined {
  const regex = node['regex'] as { readonly pattern: string } | undefined
  return regex !== undefined && /\\p\{/i.test(regex.pattern) ? '\\p{…} in a pattern' : undefined
}

function moduleVariable(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node.type !== 'VariableDeclaration' || node['kind'] === 'const') return undefined
  const atTop = parent?.type === 'Program' || parent?.type === 'ExportNamedDeclaration'
  return atTop ? `a module-level ${String(node['kind'])}` : undefined
}

/** Such keys are visited in numeric order, not in the order they were put in. */
function integerKey(node: SyntaxNode, parent: SyntaxNode | undefined, field: string): string | undefined {
  if (field !== 'key' || parent?.type !== 'Property' || parent['computed'] === true) return undefined
  const { value } = node
  return /^(?:0|[1-9]\d*)$/.test(String(value)) ? `an integer-like key ${String(value)}` : undefined
}
