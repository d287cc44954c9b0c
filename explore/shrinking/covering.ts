import { FAULT_KINDS, type Fault, type FaultKind } from '../../sim/faults.ts'
import type { Millis, NodeId, Random } from '../../sim/machine.ts'
import { isCrash } from './claims.ts'
import { type Cast, namedIn } from './nodes.ts'
import { endOf, isTimed, toMicros } from './retime.ts'

/** How long a crashed node is away, and how long a cut lasts that stands for something of no length, at most. */
const AWAY_MS = [1, 5, 30, 200] as const
const CUT_MS = [50, 200, 600] as const

/**
 * One plain fault in the place of several, or of one that acts by chance: within their time, and where they were or
 * elsewhere. Many lost messages are often a partition, a slow disk with a slow process a pause.
 */
export function coveringFault(
  covered: readonly Fault[],
  cast: Cast,
  kinds: readonly FaultKind[] | undefined,
  random: Random,
): Fault | undefined {
  const timed = covered.filter(isTimed)
  const atMs = Math.min(...covered.map((fault) => fault.atMs))
  const untilMs = Math.min(Math.max(...covered.map(endOf)), atMs + 3000)
  const named = [...new Set(covered.flatMap(namedIn))].filter((id) => cast.servers.includes(id))
  const place: Place = {
    id: covered[0]!.id,
    atMs: toMicros(atMs + (timed.length > 1 ? random.float() * (timed.at(-1)!.atMs - atMs) : 0)),
    forMs: toMicros(untilMs - atMs > 10 ? untilMs - atMs : random.pick(CUT_MS)),
    node: random.pick(named.length > 0 && random.chance(0.8) ? named : cast.servers),
  }
  const offered: ReadonlySet<FaultKind> = new Set(kinds ?? FAULT_KINDS)
  const forms = [
    ...(covered.some(isCrash) ? [kill, kill, kill] : [kill]),
    ...(covered.some((fault) => fault.kind === 'power-loss' || ('power' in fault && fault.power)) ? [powerLoss] : []),
    alone,
    sides,
    oneWay,
    pause,
    silence,
  ]
  const fault = random.pick(forms)(place, cast, random)
  return offered.has(fault.kind) ? fault : undefined
}

interface Place {
  readonly id: number
  readonly atMs: Millis
  readonly forMs: Millis
  readonly node: NodeId
}

type Form = (place: Place, cast: Cast, random: Random) => Fault

const kill: Form = ({ id, atMs, node }, _cast, random) => ({
  id,
  kind: 'kill',
  node,
  atMs,
  restartAfterMs: random.pick(AWAY_MS),
})

const powerLoss: Form = (place, cast, random) => ({ ...kill(place, cast, random), kind: 'power-loss' }) as Fault

const pause: Form = ({ id, atMs, forMs, node }) => ({ id, kind: 'pause', node, atMs, forMs })

/** One server without the others; clients on either side, or on none. */
const alone: Form = ({ id, atMs, forMs, node }, cast, random) => ({
  id,
  kind: 'partition',
  atMs,
  forMs,
  groups: withClients([[node], cast.servers.filter((other) => other !== node)], cast, random),
})

const sides: Form = ({ id, atMs, forMs }, cast, random) => ({
  id,
  kind: 'partition',
  atMs,
  forMs,
  groups: withClients(twoSides(cast, random), cast, random),
})

const oneWay: Form = ({ id, atMs, forMs, node }, cast, random) => {
  const rest = cast.servers.filter((other) => other !== node)
  const [from, to] = random.pick([[[node], rest] as const, [rest, [node]] as const])
  return { id, kind: 'one-way-partition', atMs, forMs, from, to }
}

/** One link that loses all. */
const silence: Form = ({ id, atMs, forMs, node }, cast, random) => {
  const [from, to] = random.pick([
    [[node], [random.pick(cast.servers)]] as const,
    [[random.pick(cast.servers)], [node]] as const,
  ])
  return { id, kind: 'one-way-partition', atMs, forMs, from, to }
}

function twoSides({ servers }: Cast, random: Random): readonly (readonly NodeId[])[] {
  const first = servers.filter(() => random.chance(0.5))
  const left = first.length === 0 || first.length === servers.length ? servers.slice(0, servers.length >> 1) : first
  return [left, servers.filter((id) => !left.includes(id))]
}

function withClients(
  groups: readonly (readonly NodeId[])[],
  { others }: Cast,
  random: Random,
): readonly (readonly NodeId[])[] {
  const sided = groups.map((group) => [...group])
  for (const client of others) sided[random.integer(0, 2)]?.push(client)
  return sided
}
