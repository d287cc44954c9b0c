import { raftAbstraction } from '../nodes/raft/abstraction.ts'
import type { PlainData, Random } from '../sim/machine.ts'
import { linearizable } from '../checks/linearizability/linearizable.ts'
import type { NodeSpec, PlannedOperation, Scenario, ScenarioInput, Settings, Topology } from '../explore/scenario.ts'
import {
  dictionary,
  dictionaryAnswerSchema,
  type DictionaryCommand,
  dictionaryCommandSchema,
} from '../nodes/dictionary/dictionary.ts'
import { dictionaryModel } from '../nodes/dictionary/model.ts'
import { raftBugs, raftControls } from '../nodes/raft/bugs/index.ts'
import { CLUSTER_ACTIONS, isClusterChange } from '../nodes/raft/cluster-change.ts'
import { type ClientOperation, raftClient } from '../nodes/raft/client.ts'
import { raftInvariants } from '../nodes/raft/invariants.ts'
import { clientsServed, followersCatchUp, leaderCommits, leaderKnown } from '../nodes/raft/liveness.ts'
import { formatServer } from '../nodes/raft/persistence.ts'
import { raftProtocol } from '../nodes/raft/protocol.ts'
import { raftSchemas } from '../nodes/raft/schemas.ts'
import { defaultRaftOptions, type RaftOptions } from '../nodes/raft/raft.ts'
import { raftServer, type RaftServerConfiguration } from '../nodes/raft/server.ts'
import { raftMoments } from '../nodes/raft/moments.ts'
import { raftSightings } from '../nodes/raft/sightings.ts'
import type { Dictionary } from '../nodes/dictionary/dictionary.ts'
import { raftKvGoingOn } from './raft-kv-going-on.ts'

const CALM_AT = 0.65
const KEYS = ['x', 'y', 'z', 'u', 'v']
/** Each client draws how much it writes and how few keys it uses: a reader beside a writer of one key sees most. */
const WRITE_SHARES = [0.1, 0.5, 0.5, 0.9]
const KEY_COUNTS = [1, 2, 5]
/** What a client writes with, set twice as often as the others; and how often a compare and set expects nothing. */
const WRITES = ['set', 'set', 'delete', 'cas'] as const
const EXPECTS_NOTHING = 0.3
/** How often a client asks to change the cluster where its members change; and how many of them stay at least. */
const CHANGES = 0.06
const FEWEST_MEMBERS = 3
/** What a client that joins late asks for by itself, and how fast. */
const LATE_OPERATIONS = 40
const LATE_EVERY_MS = 50

const schemas = raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema)

/**
 * Reads and writes, about half of each, of few keys, so that they meet; each value is written once. Who compares and
 * sets expects what it wrote last itself, which holds where nobody else came between, or nothing.
 */
function workload(
  client: number,
  count: number,
  random: Random,
  { durationMs, nodes }: Settings,
  choose: ScenarioInput['choose'],
): readonly Omit<PlannedOperation, 'id' | 'client'>[] {
  const changes = changesMembers(nodes, choose)
  const spacingMs = (durationMs * 0.95) / count
  const writeShare = random.pick(WRITE_SHARES)
  const keys = KEYS.slice(0, random.pick(KEY_COUNTS))
  const wrote = new Map<string, string>()
  return Array.from({ length: count }, (_, place) => {
    const atMs = Math.round(1_000 * spacingMs * (place + random.float())) / 1_000
    if (changes && random.chance(CHANGES)) return { atMs, input: clusterChange(random, nodes) }
    const action = random.chance(writeShare) ? random.pick(WRITES) : 'get'
    const key = random.pick(keys)
    const value = `${client + 1}.${place + 1}`
    const expected = random.chance(EXPECTS_NOTHING) ? null : (wrote.get(key) ?? null)
    if (action === 'set' || action === 'cas') wrote.set(key, value)
    return { atMs, input: command(action, key, value, expected) }
  })
}

/** In half of the runs with servers to spare, these change. */
function changesMembers(nodes: number, choose: ScenarioInput['choose']): boolean {
  return choose('members', ['stay', 'change']) === 'change' && nodes > FEWEST_MEMBERS
}

function clusterChange(random: Random, nodes: number): PlainData {
  return { action: random.pick(CLUSTER_ACTIONS), server: `n${random.integer(1, nodes)}` }
}

function command(
  action: DictionaryCommand['action'],
  key: string,
  value: string,
  expected: string | null,
): DictionaryCommand {
  switch (action) {
    case 'get':
    case 'delete':
      return { action, key }
    case 'set':
      return { action, key, value }
    case 'cas':
      return { action, key, expected, value }
  }
}

function topology({ settings, operations, choose, timeless = false, timeoutFactor = 1 }: ScenarioInput): Topology {
  const servers = Array.from({ length: settings.nodes }, (_, place) => `n${place + 1}`)
  const serverTimeoutMs = timeoutFactor * choose('server timeout', [60, 150, 400])
  const timeToRetryMs = timeoutFactor * choose('time to retry', [400, 2_000])
  const readsFrom = choose('reads from', ['leader', 'any server'] as const)
  const sessionTtlMs = timeless ? Infinity : timeoutFactor * choose('session time to live', [600, 5_000, Infinity])
  const client = (place: number, own: readonly ClientOperation[]): NodeSpec => ({
    id: `c${place + 1}`,
    role: 'client',
    machine: () =>
      raftClient({
        servers,
        operations: own,
        stateMachine: dictionary,
        readsFrom,
        serverTimeoutMs,
        timeToRetryMs,
        sessionTtlMs,
      }),
  })
  const changes = changesMembers(settings.nodes, choose)
  // Raft as the paper has it, which does not claim to live through a cut that stays on one side only.
  const plain = !changes && choose('leader checks', ['both', 'none']) === 'none'
  const configuration: RaftServerConfiguration<Dictionary> = {
    servers: changes ? servers.slice(0, choose('first members', [3, 4])) : servers,
    minServers: FEWEST_MEMBERS,
    stateMachine: dictionary,
    bug: settings.bug,
    ...timesOf(timeoutFactor),
    // In a small world a log is short.
    snapshotAfterEntries: timeless ? 2 : choose('snapshot after', [10, 40, 100, Infinity]),
    snapshotTrailingEntries: choose('entries behind a snapshot', [0, 5, 20]),
    maxInFlightMessages: choose('messages in flight', [2, 16]),
    maxRepeatedEntries: choose('repeated entries', [0, 8]),
    sessionTtlMs,
    // Both hang on the time since a leader was last heard of.
    preVote: !timeless && !plain,
    checkQuorum: !timeless && !plain,
  }
  return {
    protocol: raftProtocol(
      choose('client transport', ['datagram', 'datagram', 'datagram', 'stream'] as const),
      schemas,
      dictionary,
    ),
    nodes: [
      ...servers.map((id) => server(id, configuration)),
      ...Array.from({ length: settings.clients }, (_, place) => client(place, operationsOf(operations, place))),
    ],
    // Of three members one may be lost, whichever three they are by then.
    ...(changes ? { faults: { lostForGood: 1 } } : {}),
    ...(plain ? { faults: { partialCutsForGood: false } } : {}),
    spawn: (index) => client(settings.clients + index, lateOperations(settings.operations + settings.clients, index)),
  }
}

function timesOf(timeoutFactor: number): Pick<RaftOptions, 'electionTimeoutMs' | 'heartbeatMs'> {
  const {
    heartbeatMs,
    electionTimeoutMs: [minMs, maxMs],
  } = defaultRaftOptions
  return {
    electionTimeoutMs: [timeoutFactor * minMs, timeoutFactor * maxMs],
    heartbeatMs: timeoutFactor * heartbeatMs,
  }
}

/** A server; the one of a rolling upgrade sends less in a message and beats faster, which no other need know. */
function server(id: string, configuration: RaftServerConfiguration<Dictionary>): NodeSpec {
  return {
    id,
    role: 'server',
    machine: () => raftServer(configuration),
    upgraded: () =>
      raftServer({ ...configuration, maxEntriesPerMessage: 8, heartbeatMs: 0.8 * configuration.heartbeatMs! }),
    disk: formatServer(id),
  }
}

function operationsOf(operations: readonly PlannedOperation[], client: number): readonly ClientOperation[] {
  return operations.filter((operation) => operation.client === client) as unknown as readonly ClientOperation[]
}

/** A client that joins late is in no plan: its operations have numbers behind all that are. */
function lateOperations(firstId: number, index: number): readonly ClientOperation[] {
  return Array.from({ length: LATE_OPERATIONS }, (_, place) => ({
    id: firstId + index * LATE_OPERATIONS + place,
    atMs: place * LATE_EVERY_MS,
    input: command(
      place % 2 === 0 ? 'set' : 'get',
      KEYS[(place >> 1) % KEYS.length]!,
      `late ${index + 1}.${place + 1}`,
      null,
    ),
  }))
}

/** Raft's replicated dictionary: five servers, three clients, reads and writes of a handful of keys. */
export const raftKv: Scenario = {
  name: 'raft-kv',
  about: 'a dictionary replicated by Raft: every read sees the last write, whatever fails',
  defaults: { nodes: 5, clients: 3, operations: 300, durationMs: 10_000 },
  network: { latencyMs: [1, 10], loss: 0.01, duplication: 0.01 },
  calmAt: CALM_AT,
  system: 'raft',
  bugs: raftBugs.map(({ id, about, violates, rarity }) => ({ id, about, violates, rarity })),
  controls: raftControls.map(({ id, about, nodes }) => ({
    id,
    about,
    ...(nodes === undefined ? {} : { settings: { nodes } }),
  })),
  workload,
  topology,
  // A server whose disk was lost stays away; one whose disk is old has forgotten what it promised, which Raft does not survive.
  faults: {
    quorumRole: 'server',
    emptyDiskRoles: ['server', 'client'],
    oldDiskRoles: ['client'],
    partialCutsForGood: true,
    moments: raftMoments,
    leads: 'became leader',
  },
  goingOn: raftKvGoingOn(KEYS),
  abstraction: raftAbstraction,
  properties: ({ durationMs }) => [
    ...raftInvariants,
    linearizable(dictionaryModel, { concerns: (input) => !isClusterChange(input as object) }),
    leaderKnown,
    leaderCommits,
    followersCatchUp,
    clientsServed(durationMs * CALM_AT),
    ...raftSightings,
  ],
  evidence: 250 / 300,
  real: { model: dictionaryModel.name, concerns: (input) => !isClusterChange(input as object) },
}
