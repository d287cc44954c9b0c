import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { layoutOf } from '../../../../runtime/cluster/layout.ts'
import { setUp } from '../../../../runtime/cluster/set-up.ts'
import { freePorts } from '../../../../runtime/net/free-ports.ts'
import { raftKvSystem } from '../../../../runtime/systems/raft-kv.ts'
import { ROOT } from '../../../support/compiler.ts'
import { temporaryFolder } from '../../../support/temp-folder.ts'
import { until } from '../../host/support/hosted.ts'

/** A command that goes on until it is ended. */
export interface Running {
  readonly pid: number
  /** All that it has written so far. */
  readonly text: () => string
  /** Waits until it has written something. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly signal: (name: NodeJS.Signals) => void
  readonly write: (text: string) => void
  readonly closed: Promise<number | null>
}

/** Starts the built command; it is gone when the test is, however that ends. */
export function running(
  args: readonly string[],
  folder: string = ROOT,
  environment: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli.js'), ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...environment },
  })
  let text = ''
  for (const output of [child.stdout, child.stderr]) output.on('data', (piece: Buffer) => (text += piece.toString()))
  const closed = new Promise<number | null>((resolve) => void child.once('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
  })
  return {
    pid: child.pid!,
    text: () => text,
    says: async (pattern) => {
      await until(
        () => pattern.test(text),
        () => text,
      )
      return pattern.exec(text)!
    },
    signal: (name) => void child.kill(name),
    write: (words) => void child.stdin.write(words),
    closed,
  }
}

/** A folder with servers at free ports of the loopback interface. */
export async function setUpFolder(servers = 3): Promise<string> {
  const ports = await freePorts(servers)
  const addresses = Object.fromEntries(
    ports.map((port, place) => [`n${place + 1}`, { host: '127.0.0.1', port }] as const),
  )
  const folder = join(temporaryFolder(), 'kv')
  setUp(layoutOf(folder), raftKvSystem, { addresses, clients: 1 })
  return folder
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The process of each server that has said that it is up, the latest one. */
export function processesIn(text: string): ReadonlyMap<string, number> {
  return new Map([...text.matchAll(/^(\w+) +is up at \S+, process (\d+)$/gm)].map(([, id, pid]) => [id!, Number(pid)]))
}
