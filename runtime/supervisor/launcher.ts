import { spawn } from 'node:child_process'

/** What to start, and how. */
export interface ProcessSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
  /** Hears each line that it writes, on either output. */
  readonly onLine?: (line: string) => void
}

/** Something that runs: a process here; a container would be another. */
export interface Launched {
  /** Undefined where it has none on this machine. */
  readonly pid: number | undefined
  /** How it ended, in words: `exit code 1`, `signal SIGKILL`, or why it never ran. */
  readonly ended: Promise<string>
  signal(name: NodeJS.Signals): void
}

/** How things are started. */
export interface Launcher {
  readonly launch: (spec: ProcessSpec) => Launched
}

const LONGEST_LINE = 16_384

/**
 * Starts processes of this machine. Each holds one end of a channel whose other end is here, so that one which calls
 * `endWithSupervisor` ends when this process does, however that came.
 */
export const processes: Launcher = {
  launch: ({ command, args, environment = {}, folder, onLine }) => {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, ...environment },
      // In a group of its own: Ctrl-C in a terminal reaches who supervises, and not all of them at once.
      detached: process.platform !== 'win32',
      stdio: ['ignore', onLine === undefined ? 'ignore' : 'pipe', onLine === undefined ? 'ignore' : 'pipe', 'ipc'],
    })
    for (const output of [child.stdout, child.stderr]) {
      if (output !== null && onLine !== undefined) readLines(output, onLine)
    }
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`it could not be started: ${error.message}`))
      child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
    })
    return { pid: child.pid, ended, signal: (name) => void child.kill(name) }
  },
}

function readLines(output: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = ''
  output.setEncoding('utf8')
  output.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!.slice(0, LONGEST_LINE)
    for (const line of lines) onLine(line)
  })
  output.on('end', () => {
    if (rest !== '') onLine(rest)
  })
}
