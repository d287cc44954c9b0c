import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../../support/compiler.ts'

const COMMAND = join(ROOT, 'dist', 'cli.js')

export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command in a folder, without colours and outside of any CI. */
export function petrel(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input: string | Uint8Array = '',
): Outcome {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: environmentOf(environment),
    input,
    maxBuffer: 64 * 1024 * 1024,
  })
}

/** The document that a command prints with `--json`. */
// oxlint-disable-next-line typescript/no-explicit-any
export function petrelJson(folder: string, args: readonly string[]): any {
  const { stdout, stderr } = petrel(folder, [...args, '--json'])
  try {
    return JSON.parse(stdout)
  } catch {
    throw new Error(`not one JSON document: ${stdout}\n${stderr}`)
  }
}

/** Starts the command and interrupts it as soon as it says anything on standard error. */
export function interrupted(folder: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: environmentOf({}) })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString()
  })
  child.stderr.on('data', (text: Buffer) => {
    if (stderr === '') child.kill('SIGINT')
    stderr += text.toString()
  })
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })))
}

const LOOK_EVERY_MS = 50

/** Starts the command, and once it is ready sends it these signals, one after the other; gives how it ended. */
export function endedBy(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  signals: readonly NodeJS.Signals[],
  isReady: () => boolean,
): Promise<Pick<Outcome, 'status' | 'stdout'>> {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    env: environmentOf(environment),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let stdout = ''
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString()
  })
  const left = [...signals]
  const looking = setInterval(() => {
    if (left.length === signals.length && !isReady()) return
    const signal = left.shift()
    if (signal === undefined) clearInterval(looking)
    else child.kill(signal)
  }, LOOK_EVERY_MS)
  return new Promise((resolve) =>
    child.on('close', (status) => {
      clearInterval(looking)
      resolve({ status, stdout })
    }),
  )
}

function environmentOf(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _force, GITHUB_ACTIONS: _actions, ...rest } = process.env
  return { ...rest, NO_COLOR: '1', LC_ALL: 'C.UTF-8', ...more }
}
