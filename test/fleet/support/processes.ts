import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ROOT } from '../../support/compiler.ts'

const COMMAND = join(ROOT, 'dist', 'cli.js')

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A running command. */
export interface Running {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** What a line on standard error matches, as soon as there is one; rejects where the command ends without. */
  said(pattern: RegExp): Promise<RegExpExecArray>
  signal(name: NodeJS.Signals): void
}

const running = new Set<Running>()

/** Kills all that was started and still runs. */
export async function killAll(): Promise<void> {
  for (const { signal } of running) signal('SIGKILL')
  await Promise.all([...running].map(({ ended }) => ended))
}

/** Starts the built command; the test's end kills what is left of it. */
export function start(
  folder: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  command = COMMAND,
): Running {
  const { FORCE_COLOR: _force, GITHUB_ACTIONS: _actions, PETREL_REDIS_URL: _url, ...rest } = process.env
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    env: { ...rest, NO_COLOR: '1', ...environment },
  })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString()
    for (const listener of listeners) listener()
  })
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })))
  const started: Running = {
    pid: child.pid!,
    ended,
    signal: (name) => void child.kill(name),
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stderr)
          if (match === null) return
          listeners.delete(look)
          resolve(match)
        }
        listeners.add(look)
        void ended.then(() => reject(new Error(`it ended and never said ${pattern}: ${stderr}`)))
        look()
      }),
  }
  running.add(started)
  void ended.then(() => running.delete(started))
  onTestFinished(killAll)
  return started
}
