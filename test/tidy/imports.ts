import { posix } from 'node:path'
import { finding, folderOf, walk } from './source.ts'
import type { Source, SyntaxNode } from './source.ts'

/** What every machine may use: the words of the vocabulary, and pure helpers on bytes and numbers. */
const VOCABULARY = [
  'sim/machine.ts',
  'sim/protocol.ts',
  'sim/embed.ts',
  'sim/request.ts',
  'sim/encoding.ts',
  'sim/decoder.ts',
  'sim/hash.ts',
  'sim/checksum.ts',
  'sim/utf8.ts',
]

/** Data about runs and faults, which both worlds share. */
const SHARED_DATA = [...VOCABULARY, 'sim/faults.ts', 'sim/trace.ts']

/** How luck is drawn, faults are aimed, timers are told apart, messages become bytes and files grow: in both worlds. */
const SHARED_RULES = [
  'sim/random.ts',
  'sim/delay.ts',
  'sim/moments.ts',
  'sim/timer-key.ts',
  'sim/wire.ts',
  'sim/file.ts',
]

interface Permission {
  /** Folders, or single files, of this project. */
  readonly project: readonly string[]
  readonly packages: readonly string[]
  readonly node?: boolean
}

/** Who may import whom. A place that is not listed may import everything. */
const PERMISSIONS: Readonly<Record<string, Permission>> = {
  'sim/machine.ts': { project: [], packages: [] },
  sim: { project: ['sim'], packages: ['seedrandom'] },
  checks: { project: ['checks'], packages: [] },
  explore: { project: ['sim', 'checks', 'explore'], packages: ['fast-check', 'fflate', 'seedrandom'] },
  nodes: { project: ['nodes', 'checks', ...VOCABULARY], packages: ['zod'] },
  scenarios: { project: ['sim', 'checks', 'explore', 'nodes', 'scenarios'], packages: [] },
  reports: { project: ['reports', 'sim', 'checks', 'explore'], packages: ['chalk', 'cli-table3'] },
  runtime: {
    project: [
      'runtime',
      'reports',
      'scenarios',
      'nodes',
      'explore',
      'checks',
      'index.ts',
      ...SHARED_DATA,
      ...SHARED_RULES,
    ],
    packages: [
      'chalk',
      'commander',
      'jiti',
      'piscina',
      'bullmq',
      'ioredis',
      'fast-check',
      'fflate',
      'pino',
      'prom-client',
      'vitest',
      'zod',
    ],
    node: true,
  },
  examples: {
    project: ['examples'],
    packages: ['petrel', 'petrel/checks', 'petrel/vitest', 'vitest', 'vitest/config', 'fast-check'],
    node: true,
  },
}

interface Import {
  /** As it is written. */
  readonly specifier: string
  /** The project's file it means; undefined for packages. */
  readonly target: string | undefined
  readonly offset: number
  /** Looked up when it is reached, so that it makes no cycle. */
  readonly dynamic: boolean
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
  'ImportExpression',
  'TSImportType',
  'TSExternalModuleReference',
])

/** All that a file imports: values, types, re-exports, `import()` of both kinds, `require`. */
export function importsOf(source: Source): readonly Import[] {
  const found: Import[] = []
  walk(source.program, (node) => {
    const requested = IMPORTING.has(node.type) ? (node['source'] ?? node['expression']) : requiredBy(node)
    if (requested === undefined || requested === null) return
    const { value } = requested as { readonly value?: unknown }
    const specifier = typeof value === 'string' ? value : '(put together at run time)'
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(source.path), specifier) : undefined
    found.push({ specifier, target, offset: node.start, dynamic: node.type === 'ImportExpression' })
  })
  return found
}

function requiredBy(node: SyntaxNode): unknown {
  const callee = node['callee'] as SyntaxNode | undefined
  if (node.type !== 'CallExpression' || callee?.['name'] !== 'require') return undefined
  return (node['arguments'] as readonly unknown[])[0]
}

export function forbiddenImports(source: Source): readonly string[] {
  const permission = PERMISSIONS[source.path] ?? PERMISSIONS[folderOf(source.path)]
  if (permission === undefined) return []
  return importsOf(source)
    .filter((item) => !isPermitted(item, permission))
    .map(({ specifier, offset }) => finding(source, offset, `may not import ${specifier}`))
}

function isPermitted({ specifier, target }: Import, permission: Permission): boolean {
  if (target !== undefined) return permission.project.some((place) => place === target || place === folderOf(target))
  if (specifier.startsWith('node:')) return permission.node === true
  return permission.packages.includes(specifier)
}

/** Each cycle of static imports once, from its first file by name. */
export function importCycles(sources: readonly Source[]): readonly string[] {
  const graph = new Map(sources.map((source) => [source.path, staticTargets(source)]))
  const done = new Set<string>()
  const cycles: string[] = []
  const follow = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (done.has(path) || trail.includes(path)) return
    for (const target of graph.get(path) ?? []) follow(target, [...trail, path])
    done.add(path)
  }
  for (const path of [...graph.keys()].sort()) follow(path, [])
  return cycles
}

function staticTargets(source: Source): readonly string[] {
  return importsOf(source).flatMap(({ target, dynamic }) => (target === undefined || dynamic ? [] : [target]))
}
