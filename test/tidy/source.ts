import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { ROOT } from '../support/compiler.ts'

/** A node of the syntax tree, as far as the rules look at it. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** A file of the project, parsed. */
export interface Source {
  /** Relative to the project's folder, with slashes. */
  readonly path: string
  readonly text: string
  readonly program: SyntaxNode
  readonly comments: readonly { readonly value: string; readonly start: number }[]
}

/** The folders of the library, in the order of the design. */
export const LIBRARY = ['sim', 'checks', 'explore', 'nodes', 'scenarios', 'reports', 'runtime', 'bench'] as const
export const DETERMINISTIC = ['sim', 'checks', 'explore', 'nodes', 'scenarios'] as const
const SOURCE_PLACES = [...LIBRARY, 'examples', 'test', 'cli.ts', 'index.ts', 'bin', 'build.mjs', 'vitest.config.ts']

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path
}

export function parse(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  return { path, text, program: program as unknown as SyntaxNode, comments }
}

/** Every source file of the project, sorted by path. */
export function projectSources(): readonly Source[] {
  return projectFiles(SOURCE_PLACES, /\.[cm]?[jt]s$/).map((path) => parse(path, readFileSync(join(ROOT, path), 'utf8')))
}

/** Paths of files at the given places (files, or folders with all that is in them), sorted. */
export function projectFiles(places: readonly string[], pattern: RegExp): readonly string[] {
  const paths = places
    .filter((place) => existsSync(join(ROOT, place)))
    .flatMap((place) =>
      pattern.test(place)
        ? [place]
        : readdirSync(join(ROOT, place), { recursive: true, encoding: 'utf8' })
            .map((path) => `${place}/${path.replaceAll('\\', '/')}`)
            .filter((path) => pattern.test(path) && !path.includes('node_modules/')),
    )
  return paths.sort()
}

/** Calls `visit` for each node, outer ones first, with its parent and the name of the field it is in. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parent: SyntaxNode | undefined, field: string) => void,
  parent?: SyntaxNode,
  field = '',
): void {
  visit(node, parent, field)
  for (const [name, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit, node, name)
    }
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

export function lineOf(source: Source, offset: number): number {
  return source.text.slice(0, offset).split('\n').length
}

/** `sim/world.ts:12 what is wrong`, as every rule reports it. */
export function finding(source: Source, offset: number, what: string): string {
  return `${source.path}:${lineOf(source, offset)} ${what}`
}
