import type { NodeSpec, PlannedOperation, Scenario, ScenarioInput, Settings, Topology } from '../explore/scenario.ts'
import { dhtBugs } from '../nodes/dht/bugs/index.ts'
import { dhtClient, type DhtOperation, type Wish } from '../nodes/dht/client.ts'
import type { DhtOptions } from '../nodes/dht/dht.ts'
import { foundedDisks } from '../nodes/dht/founding.ts'
import { dhtInvariants } from '../nodes/dht/invariants.ts'
import { clientsServed, noGhosts, replicasEqual, ringsAgree, ringSettles } from '../nodes/dht/liveness.ts'
import { dhtMoments } from '../nodes/dht/moments.ts'
import { dhtNode } from '../nodes/dht/node.ts'
import { dhtProtocol } from '../nodes/dht/protocol.ts'
import { nothingLost, readsAreTrue, seesWrites } from '../nodes/dht/sees-writes.ts'
import { dhtSightings } from '../nodes/dht/sightings.ts'
import type { Random } from '../sim/machine.ts'

const CALM_AT = 0.45
const KEYS = ['apple', 'birch', 'cedar', 'daisy', 'elder', 'ferns', 'grass', 'hazel']
const KEY_COUNTS = [1, 3, 8]
/** Each client draws how much it writes; of writes, how many are deletions, and how many go by nothing that was read. */
const WRITE_SHARES = [0.2, 0.5, 0.8]
const DELETES = 0.15
const BLIND = 0.15
/** How often a client is an administrator for a moment. */
const CHANGES = 0.06
/** From here on nobody comes or goes, so that the ring has time to settle. */
const LAST_CHANGE_AT = 0.5
/** The first members never leave, so that enough are there to keep every key; and one of the others may be given up. */
const STAYING = 3
const GIVEN_UP = 'n4'
/** And from here on nobody asks for anything, so that replicas have time to become equal. */
const LAST_OPERATION_AT = 0.6
/** Rings that the first members may form. */
const RINGS = Array.from({ length: 256 }, (_, ring) => ring)
/**
 * N, W, R, and how many of W must be owners: strict quorums, sloppy ones, reads that may miss the last write, and one
 * copy of each key.
 */
const QUORUMS = [
  { replicas: 3, writeQuorum: 2, readQuorum: 2, ownWrites: 2 },
  { replicas: 3, writeQuorum: 2, readQuorum: 2, ownWrites: 2 },
  { replicas: 3, writeQuorum: 2, readQuorum: 3, ownWrites: 1 },
  { replicas: 3, writeQuorum: 2, readQuorum: 1, ownWrites: 1 },
  { replicas: 2, writeQuorum: 2, readQuorum: 1, ownWrites: 2 },
  { replicas: 1, writeQuorum: 1, readQuorum: 1, ownWrites: 1 },
] as const

const LATE_OPERATIONS = 40
const LATE_EVERY_MS = 60

function workload(
  client: number,
  count: number,
  random: Random,
  { durationMs, nodes }: Settings,
  choose: ScenarioInput['choose'],
): readonly Omit<PlannedOperation, 'id' | 'client'>[] {
  const spacingMs = (durationMs * LAST_OPERATION_AT) / count
  const writeShare = random.pick(WRITE_SHARES)
  const keys = KEYS.slice(0, random.pick(KEY_COUNTS))
  const givesUp = lossOf(choose) === 'a live member'
  return Array.from({ length: count }, (_, place) => {
    const atMs = Math.round(1_000 * spacingMs * (place + random.float())) / 1_000
    const changes = nodes > STAYING && random.chance(CHANGES) && atMs < durationMs * LAST_CHANGE_AT
    const input = changes
      ? change(random, nodes, givesUp)
      : wish(random, writeShare, keys, `${client + 1}.${place + 1}`)
    return { atMs, input }
  })
}

/** Of several copies of a key one may be lost: with a disk, or because a live member was given up for dead. */
function lossOf(choose: ScenarioInput['choose']): 'a disk' | 'a live member' | 'nothing' {
  return choose('quorums', QUORUMS).replicas === 1 ? 'nothing' : choose('loss', ['a disk', 'a live member'] as const)
}

function change(random: Random, nodes: number, givesUp: boolean): Wish {
  if (givesUp && random.chance(0.3)) return { action: 'remove', node: GIVEN_UP }
  const action = random.pick(['join', 'join', 'add', 'leave'] as const)
  return { action, node: `n${random.integer(STAYING + 1, nodes)}` }
}

function wish(random: Random, writeShare: number, keys: readonly string[], value: string): Wish {
  const key = random.pick(keys)
  if (!random.chance(writeShare)) return { action: 'get', key }
  const isBlind = random.chance(BLIND)
  return random.chance(DELETES) ? { action: 'delete', key, isBlind } : { action: 'put', key, value, isBlind }
}

function topology({ settings, operations, choose, timeoutFactor = 1 }: ScenarioInput): Topology {
  const servers = Array.from({ length: settings.nodes }, (_, place) => `n${place + 1}`)
  const tokens = choose('tokens', [1, 2, 3])
  const options: Partial<DhtOptions> = {
    seeds: servers.slice(0, 2),
    exitsWhenGone: false,
    tokens,
    ...choose('quorums', QUORUMS),
    gossipEveryMs: timeoutFactor * choose('gossip every', [100, 250]),
    suspectAfterMs: timeoutFactor * 1_000,
    choresEveryMs: choose('chores every', [50, 150]),
    repairEveryMs: timeoutFactor * 200,
    retryMs: timeoutFactor * choose('retry after', [40, 120]),
    requestTimeoutMs: timeoutFactor * choose('request timeout', [300, 800]),
    maxDigestsPerMessage: choose('digests a message', [2, 100]),
    maxItemsPerMessage: choose('items a message', [1, 100]),
    compactAfterBytes: choose('compact after', [2_000, Infinity]),
    collectAfterMs: timeoutFactor * 6_000,
  }
  const first = servers.slice(0, choose('first members', [3, 4, settings.nodes]))
  const disks = foundedDisks(first, tokens, choose('ring', RINGS))
  const node = (id: string): NodeSpec => ({
    id,
    role: 'server',
    machine: () => dhtNode({ ...options, joinsAtStart: disks.has(id), bug: settings.bug }),
    upgraded: () =>
      dhtNode({
        ...options,
        joinsAtStart: disks.has(id),
        maxItemsPerMessage: 3,
        retryMs: timeoutFactor * 70,
        bug: settings.bug,
      }),
    ...(disks.has(id) ? { disk: disks.get(id)! } : {}),
  })
  const serverTimeoutMs = timeoutFactor * choose('server timeout', [400, 1_200])
  const client = (place: number, own: readonly DhtOperation[]): NodeSpec => ({
    id: `c${place + 1}`,
    role: 'client',
    machine: () =>
      dhtClient({
        servers,
        operations: own,
        serverTimeoutMs,
        timeToRetryMs: timeoutFactor * 2_500,
        catchesUp: timeoutFactor > 1,
      }),
  })
  return {
    protocol: dhtProtocol(choose('transport of contents', ['datagram', 'stream'] as const)),
    nodes: [
      ...servers.map(node),
      ...Array.from({ length: settings.clients }, (_, place) => client(place, operationsOf(operations, place))),
    ],
    faults: { lostForGood: lossOf(choose) === 'a disk' ? 1 : 0 },
    spawn: (index) => client(settings.clients + index, lateOperations(settings.operations + settings.clients, index)),
  }
}

function operationsOf(operations: readonly PlannedOperation[], client: number): readonly DhtOperation[] {
  return operations.filter((operation) => operation.client === client) as unknown as readonly DhtOperation[]
}

/** A client that joins late is in no plan: its operations have numbers behind all that are. */
function lateOperations(firstId: number, index: number): readonly DhtOperation[] {
  return Array.from({ length: LATE_OPERATIONS }, (_, place) => {
    const key = KEYS[(place >> 1) % KEYS.length]!
    const input: Wish =
      place % 2 === 0
        ? { action: 'get', key }
        : { action: 'put', key, value: `late ${index + 1}.${place + 1}`, isBlind: false }
    return { id: firstId + index * LATE_OPERATIONS + place, atMs: place * LATE_EVERY_MS, input }
  })
}

/** A key-value store on a ring: six nodes of which some come and go, three clients, reads and writes of a few keys. */
export const dhtKv: Scenario = {
  name: 'dht-kv',
  about: 'a key-value store on a ring whose nodes come and go: no acknowledged write is lost, no key falsely missing',
  defaults: { nodes: 6, clients: 3, operations: 240, durationMs: 16_000 },
  network: { latencyMs: [1, 10], loss: 0.01, duplication: 0.01 },
  calmAt: CALM_AT,
  system: 'dht',
  bugs: dhtBugs.map(({ id, about, violates, rarity }) => ({ id, about, violates, rarity })),
  workload,
  topology,
  faults: {
    quorumRole: 'server',
    emptyDiskRoles: ['server', 'client'],
    oldDiskRoles: ['client'],
    moments: dhtMoments,
  },
  properties: ({ durationMs }) => [
    ...dhtInvariants,
    seesWrites,
    readsAreTrue,
    nothingLost,
    ringsAgree,
    noGhosts,
    ringSettles,
    replicasEqual,
    clientsServed(durationMs * CALM_AT),
    ...dhtSightings,
  ],
  evidence: 0.6,
  real: { looksInside: true },
}
