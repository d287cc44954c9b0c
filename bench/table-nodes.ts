import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Ring, ringOf } from '../nodes/ring/ring.ts'
import { freePorts } from '../runtime/net/free-ports.ts'

const READY_WITHIN_MS = 60_000
const LOOK_MS = 100

/** Nodes of one table, each a `petrel node dht-kv` of its own. */
export interface TableNodes {
  /** Whose owners are ports. */
  readonly ring: Ring
  readonly ports: readonly number[]
  /** Processor time of all of them since they began, in microseconds. */
  cpuUs(): Promise<number>
  stop(): Promise<void>
}

/** What `GET /ring` answers, as far as it matters here. */
interface Members {
  readonly members: readonly { readonly uri: string; readonly tokens: readonly string[] }[]
}

interface Node {
  readonly child: ChildProcess
  log: string
}

/** Starts them, and waits until all have settled on one ring. */
export async function startTable(count: number, tokens: number, folder: string): Promise<TableNodes> {
  const free = await freePorts(2 * count)
  const [ports, metrics] = [free.slice(0, count), free.slice(count)]
  const seed = `http://127.0.0.1:${ports[0]}`
  const nodes = ports.map((port, place) =>
    started([
      '--port',
      port,
      '--metrics',
      metrics[place]!,
      '--seeds',
      seed,
      '--tokens',
      tokens,
      '--data',
      join(folder, String(port)),
    ]),
  )
  const cpuUs = async (): Promise<number> =>
    (await Promise.all(metrics.map(cpuUsAt))).reduce((sum, one) => sum + one, 0)
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(({ child }) => end(child)))
  }
  try {
    for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
      const { members } = await membersAt(seed)
      if (members.length === count && nodes.every(isSettled)) {
        const owners = members.map((member) => ({ id: new URL(member.uri).port, tokens: member.tokens }))
        return { ring: ringOf(owners), ports, cpuUs, stop }
      }
      if (nodes.some(({ child }) => child.exitCode !== null)) throw new Error('a node of the table ended')
      if (waitedMs > READY_WITHIN_MS) throw new Error('the nodes did not settle on one ring')
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function started(options: readonly (string | number)[]): Node {
  const command = fileURLToPath(new URL('../cli.js', import.meta.url))
  const child = fork(command, ['node', 'dht-kv', ...options.map(String)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const node: Node = { child, log: '' }
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    // Of its log only changes of the ring matter; forwarded requests would pile up.
    for (const line of text.split('\n')) if (/"msg":"ring (changed|settled)"/.test(line)) node.log = line
  })
  return node
}

/** Nobody is waiting for somebody else's keys. */
function isSettled({ log }: Node): boolean {
  return log.includes('"msg":"ring settled"')
}

async function membersAt(url: string): Promise<Members> {
  try {
    return (await (await fetch(`${url}/ring`)).json()) as Members
  } catch {
    // It is starting.
    return { members: [] }
  }
}

async function cpuUsAt(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return 1e6 * Number(/^process_cpu_seconds_total\S* (\S+)/m.exec(text)![1])
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
