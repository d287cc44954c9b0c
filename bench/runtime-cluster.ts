import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Address } from '../sim/machine.ts'
import type { RaftOptions } from '../nodes/raft/raft.ts'
import { freePorts } from '../runtime/net/free-ports.ts'
import type { Slice } from './switched-tap.ts'

/** What a server's process is told. */
export interface ServerOrder {
  readonly self: string
  readonly peers: Readonly<Record<string, Address>>
  readonly dataDirectory: string
  readonly options: Partial<RaftOptions>
  /** Where, and in slices of how many milliseconds, it is recorded and not; undefined where it never is. */
  readonly recording?: SlicedRecording | undefined
}

export interface SlicedRecording {
  readonly folder: string
  readonly sliceMs: number
}

/** What a server says of itself. */
export interface ServerFigures {
  /** Processor time since it began, of itself and of the system for it, in microseconds. */
  readonly cpuUs: number
  /** All so far. */
  readonly slices: readonly Slice[]
}

/** Servers of one cluster, each in a process of its own. */
export interface Cluster {
  readonly peers: Readonly<Record<string, Address>>
  figures(): Promise<readonly ServerFigures[]>
  stop(): Promise<void>
}

export async function startCluster(
  count: number,
  folder: string,
  options: Partial<RaftOptions>,
  recording?: SlicedRecording,
): Promise<Cluster> {
  const ports = await freePorts(count)
  const peers = Object.fromEntries(ports.map((port, place) => [`n${place + 1}`, { host: '127.0.0.1', port }]))
  const script = fileURLToPath(new URL('./runtime-server.js', import.meta.url))
  const children = Object.keys(peers).map((self) => {
    const child = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    child.send({ self, peers, dataDirectory: join(folder, self), options, recording } satisfies ServerOrder)
    return child
  })
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end))
  }
  try {
    await Promise.all(children.map(answer))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    peers,
    figures: () =>
      Promise.all(
        children.map((child) => {
          child.send('figures')
          return answer(child) as Promise<ServerFigures>
        }),
      ),
    stop,
  }
}

function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('a server of the cluster ended'))
    child.once('exit', ended)
    child.once('message', (said) => {
      child.off('exit', ended)
      resolve(said)
    })
  })
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else {
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
    }
  })
}
