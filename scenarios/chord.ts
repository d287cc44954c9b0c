import type { NodeSpec, PlannedOperation, Scenario, ScenarioInput, Settings, Topology } from '../explore/scenario.ts'
import { chordBugs } from '../nodes/chord/bugs/index.ts'
import type { ChordOperation } from '../nodes/chord/client.ts'
import { chordClient } from '../nodes/chord/client.ts'
import { fingersRight, pairsInPlace, ringIdeal } from '../nodes/chord/convergence.ts'
import { sha1Identifier } from '../nodes/chord/hash.ts'
import { MAX_BITS } from '../nodes/chord/identifiers.ts'
import { chordInvariants } from '../nodes/chord/invariants.ts'
import type { ChordCommand } from '../nodes/chord/messages.ts'
import { chordMoments } from '../nodes/chord/moments.ts'
import { type ChordConfiguration, chordNode } from '../nodes/chord/node.ts'
import { NODE_ROLE } from '../nodes/chord/node-state.ts'
import { clientsServed, readsFindTheLastWrite, readsWhatWasWritten } from '../nodes/chord/operations.ts'
import { formatNode } from '../nodes/chord/persistence.ts'
import { chordProtocol } from '../nodes/chord/protocol.ts'
import { chordSightings } from '../nodes/chord/sightings.ts'
import type { FaultKind } from '../sim/faults.ts'
import type { Random } from '../sim/machine.ts'

const CALM_AT = 0.5
/** The share of the calm in which the ring may still mend itself. */
const SETTLED_AT = 0.9
const KEYS_PER_CLIENT = 4
const WRITES = 0.5
/** How often a client asks a node to join or to leave: each draws one of these. */
const CHANGES = [0.04, 0.08, 0.25]
/** Salts: with another one the same nodes lie elsewhere on the ring. */
const RINGS = Array.from({ length: 64 }, (_, ring) => `ring ${ring}: `)
/** How many nodes wait at first to be asked to join. */
const WAITING_SHARE = 1 / 3

/** A command as plain data. */
type PlainCommand = ChordCommand & Readonly<Record<string, string>>

/** What is wrong in a run that keeps to the assumptions of Zave's proof: nobody is taken for dead who is not. */
const KINDS_UNDER_ASSUMPTIONS: readonly FaultKind[] = [
  'duplication',
  'kill',
  'power-loss',
  'crash-in-output',
  'crash-in-recovery',
  'spawn',
  'clock-skew',
  'clock-jump',
  'corruption',
]

/** Reads of anybody's keys and writes of one's own, for a key has one writer; and now and then a node comes or goes. */
function workload(
  client: number,
  count: number,
  random: Random,
  { durationMs, nodes, clients }: Settings,
): readonly Omit<PlannedOperation, 'id' | 'client'>[] {
  const spacingMs = (durationMs * 0.95) / count
  const changes = random.pick(CHANGES)
  return Array.from({ length: count }, (_, place) => {
    const atMs = Math.round(1_000 * spacingMs * (place + random.float())) / 1_000
    if (random.chance(changes) && atMs < durationMs * CALM_AT) return { atMs, input: change(random, nodes) }
    return { atMs, input: command(client, place, random, clients) }
  })
}

function change(random: Random, nodes: number): PlainCommand {
  return { action: random.pick(['join', 'join', 'leave'] as const), node: `n${random.integer(1, nodes)}` }
}

function command(client: number, place: number, random: Random, clients: number): PlainCommand {
  const number = random.integer(1, KEYS_PER_CLIENT)
  if (random.chance(WRITES)) {
    return { action: 'put', key: `c${client + 1}.${number}`, value: `${client + 1}.${place + 1}` }
  }
  return { action: 'get', key: `c${random.integer(1, clients)}.${number}` }
}

function topology({ settings, operations, choose }: ScenarioInput): Topology {
  const nodes = Array.from({ length: settings.nodes }, (_, place) => `n${place + 1}`)
  const members = nodes.slice(0, Math.max(1, Math.ceil(settings.nodes * (1 - WAITING_SHARE))))
  const redundancy = Math.min(choose('redundancy', [2, 3, 3]), Math.max(0, members.length - 1))
  const configuration: ChordConfiguration = {
    members,
    identify: sha1Identifier(MAX_BITS, choose('ring', RINGS)),
    redundancy,
    copies: Math.min(choose('copies', [2, 3]), Math.max(1, redundancy)),
    compactAfterBytes: choose('compact after', [2_000, 65_536]),
    bug: settings.bug,
  }
  const copies = configuration.copies!
  const kept = choose('assumptions', ['kept', 'broken']) === 'kept'
  return {
    protocol: chordProtocol,
    nodes: [
      ...nodes.map((id) => nodeOf(id, members.includes(id) ? 'first' : 'outside', configuration)),
      ...Array.from({ length: settings.clients }, (_, place) => clientOf(place, nodes, operations)),
    ],
    spawn: (index) => ({
      id: `n${settings.nodes + index + 1}`,
      role: NODE_ROLE,
      machine: () => chordNode(configuration),
    }),
    faults: { lostForGood: copies - 1, ...(kept ? { kinds: KINDS_UNDER_ASSUMPTIONS } : {}) },
  }
}

function nodeOf(id: string, role: 'first' | 'outside', configuration: ChordConfiguration): NodeSpec {
  return { id, role: NODE_ROLE, machine: () => chordNode(configuration), disk: formatNode(id, role) }
}

function clientOf(place: number, nodes: readonly string[], operations: readonly PlannedOperation[]): NodeSpec {
  const own = operations.filter((operation) => operation.client === place) as unknown as readonly ChordOperation[]
  return { id: `c${place + 1}`, role: 'client', machine: () => chordClient({ nodes, operations: own }) }
}

/** Chord: nodes join, leave and crash at once, and the ring mends itself; pairs follow it. */
export const chord: Scenario = {
  name: 'chord',
  about: 'a distributed hash table on a ring that mends itself: no acknowledged pair is lost, whoever comes and goes',
  defaults: { nodes: 9, clients: 3, operations: 240, durationMs: 12_000 },
  network: { latencyMs: [1, 10], loss: 0.01, duplication: 0.01 },
  calmAt: CALM_AT,
  system: 'chord',
  bugs: chordBugs.map(({ id, about, violates, rarity }) => ({ id, about, violates, rarity })),
  workload,
  topology,
  faults: {
    quorumRole: NODE_ROLE,
    emptyDiskRoles: [NODE_ROLE, 'client'],
    oldDiskRoles: ['client'],
    // Where some links fail for good, and not others, Chord's ring has no shape to come to.
    cutsForGood: false,
    moments: chordMoments,
  },
  properties: ({ durationMs }) => [
    ...chordInvariants,
    ringIdeal,
    fingersRight,
    pairsInPlace,
    readsWhatWasWritten,
    readsFindTheLastWrite(durationMs * SETTLED_AT),
    clientsServed(durationMs * SETTLED_AT),
    ...chordSightings,
  ],
  evidence: 120 / 240,
}
