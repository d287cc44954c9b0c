import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ownersAt } from '../nodes/ring/ring.ts'
import { sha1OfText } from '../nodes/ring/sha1.ts'
import type { Figure } from '../reports/json.ts'
import { httpLoad, type HttpClient, type HttpMeasured } from './http-load.ts'
import { median } from './measure.ts'
import { startTable, type TableNodes } from './table-nodes.ts'

const NODES = 5
const TOKENS = 8
/** The default of the table. */
const REPLICAS = 3
const CLIENTS_A_NODE = 6
const CLIENTS = NODES * CLIENTS_A_NODE
const KEYS = 1_000
const VALUE = 'v'.repeat(100)
const ROUNDS = 5
const WARM_MS = 500
const MEASURED_MS = 1_500

type Way = 'owner' | 'forwarded'
type Action = 'get' | 'put'

/**
 * Requests of real clients to real nodes over HTTP: through the node that a key belongs to, and through one that keeps
 * no copy of it and passes them on; beside them a bare `node:http` server that answers with what it was sent, asked by
 * the same clients in turns with the nodes.
 */
export async function tableRequests(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-bench-'))
  const echo = await startEcho()
  try {
    const table = await startTable(NODES, TOKENS, folder)
    try {
      return await measure(table, echo)
    } finally {
      await table.stop()
    }
  } finally {
    echo.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Measured extends HttpMeasured {
  /** Processor time of all who answer, a request. */
  readonly cpuUs: number
}

/** One kind of request, and its measurement. */
interface Kind {
  readonly name: string
  readonly unit: string
  readonly measure: () => Promise<Measured>
}

async function measure(table: TableNodes, echo: Echo): Promise<readonly Figure[]> {
  // A get of a key that was never written is answered 404.
  await Promise.all(clientsOf(table, 'put', 'owner').map(askOnce))
  const kinds = (['put', 'get'] as const).flatMap((action) =>
    (['owner', 'forwarded'] as const).map((way): Kind => {
      const clients = clientsOf(table, action, way)
      const words = way === 'owner' ? 'through the owner' : 'passed on to the owner'
      return {
        name: `dht-kv-${action}-${way}`,
        unit: `${action}s/s ${words}`,
        measure: () => underLoad(clients, table),
      }
    }),
  )
  const echoed = Array.from({ length: CLIENTS }, () => ({ port: echo.port, bodies: [bodyOf('put', keyOf(0))] }))
  kinds.push({
    name: 'dht-kv-echo',
    unit: `bare node:http echoes/s, ${CLIENTS} clients`,
    measure: () => underLoad(echoed, echo),
  })
  const rounds: (readonly Measured[])[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const measured: Measured[] = []
    for (const kind of kinds) measured.push(await kind.measure())
    rounds.push(measured)
  }
  // The first round warms up.
  return kinds.flatMap(({ name, unit }, place) => figuresOf(name, unit, rounds.slice(1), place))
}

async function underLoad(
  clients: readonly HttpClient[],
  { cpuUs }: { readonly cpuUs: () => Promise<number> },
): Promise<Measured> {
  let before = 0
  const measured = await httpLoad(clients, WARM_MS, MEASURED_MS, async () => {
    before = await cpuUs()
  })
  return { ...measured, cpuUs: ((await cpuUs()) - before) / measured.answers }
}

/** Medians of the rounds; beside each what the bare server reached in the same round, which comes last in it. */
function figuresOf(
  name: string,
  unit: string,
  rounds: readonly (readonly Measured[])[],
  place: number,
): readonly Figure[] {
  const middle = (of: (own: Measured, echo: Measured) => number): number =>
    median(rounds.map((round) => of(round[place]!, round.at(-1)!)))
  const isEcho = place === rounds[0]!.length - 1
  return [
    { name, value: middle(({ perSecond }) => perSecond), unit },
    { name: `${name}-p50`, value: middle(({ p50Ms }) => p50Ms), unit: 'ms' },
    { name: `${name}-p99`, value: middle(({ p99Ms }) => p99Ms), unit: 'ms' },
    { name: `${name}-cpu`, value: middle(({ cpuUs }) => cpuUs), unit: 'µs of all who answer a request' },
    ...(isEcho
      ? []
      : [{ name: `${name}/echo`, value: middle((own, echo) => own.perSecond / echo.perSecond), unit: 'ratio' }]),
  ]
}

function clientsOf(table: TableNodes, action: Action, way: Way): readonly HttpClient[] {
  return table.ports.flatMap((port) => {
    const keys = keysAt(table, port, way)
    return shares(keys, CLIENTS_A_NODE).map((own) => ({ port, bodies: own.map((key) => bodyOf(action, key)) }))
  })
}

async function askOnce({ port, bodies }: HttpClient): Promise<void> {
  for (const body of bodies) {
    const { status } = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })
    if (status !== 200) throw new Error(`a node answered ${status}`)
  }
}

/** The keys that belong to this node first; or those of which it keeps no copy. */
function keysAt({ ring }: TableNodes, port: number, way: Way): readonly string[] {
  return Array.from({ length: KEYS }, (_, place) => keyOf(place)).filter((key) => {
    const owners = ownersAt(ring, sha1OfText(key), REPLICAS)
    return way === 'owner' ? owners[0] === String(port) : !owners.includes(String(port))
  })
}

const keyOf = (place: number): string => `key ${place}`

function bodyOf(action: Action, key: string): string {
  return JSON.stringify(action === 'get' ? { type: 'GET', key } : { type: 'PUT', key, value: VALUE })
}

/** Each of so many clients has keys of its own. */
function shares(keys: readonly string[], count: number): readonly (readonly string[])[] {
  return Array.from({ length: count }, (_, place) => keys.filter((_key, at) => at % count === place))
}

interface Echo {
  readonly port: number
  readonly cpuUs: () => Promise<number>
  readonly stop: () => void
}

async function startEcho(): Promise<Echo> {
  const child = fork(fileURLToPath(new URL('./http-echo.js', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const said = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the echo ended'))
      child.once('exit', ended)
      child.once('message', (word) => {
        child.off('exit', ended)
        resolve(word as number)
      })
    })
  const cpuUs = (): Promise<number> => {
    child.send('figures')
    return said()
  }
  return { port: await said(), cpuUs, stop: () => void child.kill('SIGKILL') }
}
