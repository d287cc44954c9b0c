import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { compile, ROOT } from '../support/compiler.ts'
import { commandsOf } from './blocks.ts'
import type { Block } from './blocks.ts'

const COMPILER_OPTIONS = {
  target: 'ES2022',
  lib: ['ES2022'],
  module: 'NodeNext',
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
  allowImportingTsExtensions: true,
}

/** A user's project with Petrel installed, for the blocks of one page. */
export interface Workspace {
  readonly folder: string
  readonly remove: () => void
}

/** The built package as a real folder among links to the packages it needs: as npm would lay it out. */
export function createWorkspace(blocks: readonly Block[]): Workspace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'petrel-docs-')))
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'petrel'), { recursive: true })
  for (const part of ['package.json', 'dist']) {
    if (existsSync(join(ROOT, part))) cpSync(join(ROOT, part), join(modules, 'petrel', part), { recursive: true })
  }
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.') && name !== 'petrel') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
  writeFileSync(join(folder, 'package.json'), '{ "name": "reader", "type": "module" }')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }))
  for (const block of typescript(blocks)) {
    mkdirSync(dirname(join(folder, fileOf(block))), { recursive: true })
    writeFileSync(join(folder, fileOf(block)), block.code)
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function typescript(blocks: readonly Block[]): readonly Block[] {
  return blocks.filter(({ language }) => language === 'ts')
}

function fileOf(block: Block): string {
  return block.fileName ?? `line-${block.line}${/from 'vitest'/.test(block.code) ? '.test' : ''}.ts`
}

/** What the compiler says about the page's blocks, by the page's lines. */
export function compileFindings({ folder }: Workspace, blocks: readonly Block[]): readonly string[] {
  if (typescript(blocks).length === 0) return []
  return compile('-p', join(folder, 'tsconfig.json')).map(({ file, line, message }) => {
    const block = typescript(blocks).find((candidate) => basename(fileOf(candidate)) === basename(file))
    return block === undefined ? `${file}:${line} ${message}` : `line ${block.line + line - 1}: ${message}`
  })
}

/** Runs the page's blocks in order, and tells which did not end as they should. */
export function runFindings(workspace: Workspace, blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) => [...runTypescript(workspace, block), ...runCommands(workspace, block)])
}

function runTypescript({ folder }: Workspace, block: Block): readonly string[] {
  if (block.language !== 'ts' || block.options.includes('no-run')) return []
  const file = fileOf(block)
  const modules = join(folder, 'node_modules')
  const argv = file.endsWith('.test.ts')
    ? [join(modules, 'vitest', 'vitest.mjs'), 'run', '--root', folder, file]
    : [join(modules, 'jiti', 'lib', 'jiti-cli.mjs'), join(folder, file)]
  const { status, output } = node(folder, argv)
  const shouldFail = block.options.includes('fails')
  return (status !== 0) === shouldFail ? [] : [`line ${block.line}: the block exits with ${status}\n${output}`]
}

function runCommands({ folder }: Workspace, block: Block): readonly string[] {
  return commandsOf(block).flatMap(({ argv, exits, line }) => {
    const { status, output } = node(folder, [join(folder, 'node_modules', 'petrel', 'dist', 'cli.js'), ...argv])
    return status === exits
      ? []
      : [`line ${line}: petrel ${argv.join(' ')} exits with ${status}, not ${exits}\n${output}`]
  })
}

function node(cwd: string, argv: readonly string[]): { readonly status: number | null; readonly output: string } {
  const options = {
    cwd,
    encoding: 'utf8',
    timeout: 120_000,
    input: '',
    env: { ...process.env, NO_COLOR: '1' },
  } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, options)
  return { status, output: stdout + stderr }
}
