import { fileURLToPath } from 'node:url'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { UsageError } from '../../explore/usage-error.ts'
import { ExitCode } from '../exit-code.ts'
import { print, printJson } from '../output.ts'
import { CONFIG, MODULE_FOLDER, PACKAGE, SYSTEM, TEST } from './init-templates.ts'

interface PackageFile {
  readonly type?: string
  readonly dependencies?: { readonly [name: string]: string }
  readonly devDependencies?: { readonly [name: string]: string }
}

/** A first scenario, its test and a configuration in someone's project; what is there already stays as it is. */
export async function initCommand(folder: string, options: { readonly json?: boolean }): Promise<number> {
  const root = resolve(folder)
  if (!existsSync(root) || !statSync(root).isDirectory()) {
    throw new UsageError(
      'no-such-folder',
      `There is no folder ${root}: make it first, or run petrel init inside your project.`,
    )
  }
  const project = readPackage(root)
  const written: string[] = []
  const kept: string[] = []
  for (const [path, text] of filesFor(project)) (write(join(root, path), text) ? written : kept).push(path)
  const install = missingPackages(project)
  const commands = [
    ...(install.length === 0 ? [] : [`npm install --save-dev ${install.join(' ')}`]),
    'npx vitest run simulation',
    'npx petrel run --bug skips-sync',
  ]
  const inside = relative(process.cwd(), root)
  const next = inside === '' ? commands : [`cd ${inside}`, ...commands]
  if (options.json === true) printJson({ schema: 1, command: 'init', written, kept, next })
  else print(words(written, kept, next))
  return ExitCode.pass
}

function readPackage(root: string): PackageFile | undefined {
  const path = join(root, 'package.json')
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PackageFile
  } catch (error) {
    throw new UsageError('bad-package', `${path} is not JSON (${(error as Error).message}): mend it first.`)
  }
}

/** A project of CommonJS gets a configuration and a folder that are ES modules all the same. */
function filesFor(project: PackageFile | undefined): readonly (readonly [path: string, text: string])[] {
  const commonJs = project !== undefined && project.type !== 'module'
  return [
    ...(project === undefined ? [['package.json', PACKAGE] as const] : []),
    ...(commonJs ? [['simulation/package.json', MODULE_FOLDER] as const] : []),
    ['simulation/register.ts', SYSTEM],
    ['simulation/register.test.ts', TEST],
    [commonJs ? 'petrel.config.mjs' : 'petrel.config.ts', CONFIG],
  ]
}

function missingPackages(project: PackageFile | undefined): readonly string[] {
  const present = { ...project?.dependencies, ...project?.devDependencies }
  return ['petrel', 'vitest']
    .filter((name) => present[name] === undefined)
    .map((name) => (name === 'petrel' ? ourselves() : name))
}

/** What to install petrel from: this very package, by its folder, as long as no registry has it under this name. */
function ourselves(): string {
  return dirname(fileURLToPath(import.meta.resolve('petrel/package.json')))
}

/** False where the file is there already. */
function write(path: string, text: string): boolean {
  mkdirSync(dirname(path), { recursive: true })
  try {
    writeFileSync(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new UsageError('not-writable', `${path} can't be written (${(error as Error).message}).`)
  }
}

function words(written: readonly string[], kept: readonly string[], next: readonly string[]): string {
  return [
    ...written.map((path) => `wrote  ${path}`),
    ...kept.map((path) => `kept   ${path} (it was there already)`),
    '',
    'Next:',
    ...next.map((command) => `  ${command}`),
    '',
  ].join('\n')
}
