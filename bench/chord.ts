import { fingersRight } from '../nodes/chord/convergence.ts'
import type { ChordMessage } from '../nodes/chord/messages.ts'
import { chordNode } from '../nodes/chord/node.ts'
import { NODE_ROLE } from '../nodes/chord/node-state.ts'
import { formatNode } from '../nodes/chord/persistence.ts'
import { chordProtocol } from '../nodes/chord/protocol.ts'
import type { ChordState } from '../nodes/chord/state.ts'
import type { Figure } from '../reports/json.ts'
import type { AnyMachine } from '../sim/machine.ts'
import { World } from '../sim/world.ts'

const SIZES = [8, 16, 32, 64, 128, 256, 512, 1024]
const LOOKUPS = 2_000
const LOOKUP_EVERY_MS = 5
const FIX_FINGERS_MS = 50
/** Nothing else goes on in the ring. */
const NEVER_MS = 1e9
/** No ring takes so long to get its fingers right. */
const MOST_MS = 60_000

/** How many nodes a lookup asks besides the one that looks, in a ring whose fingers are right. */
export interface Hops {
  readonly mean: number
  /** No more in 99 of 100 lookups. */
  readonly most99: number
  readonly most: number
}

/** Lookups of as many keys, each begun at a node at random. The nodes find their fingers by themselves before. */
export function chordHops(size: number, lookups: number): Hops {
  const members = Array.from({ length: size }, (_, place) => `n${place + 1}`)
  const hops: number[] = []
  const counts = new Map<string, number>()
  const configuration = {
    members,
    fixFingersMs: FIX_FINGERS_MS,
    stabilizeMs: NEVER_MS,
    reuniteMs: NEVER_MS,
    maintainMs: NEVER_MS,
  }
  const world = new World({
    seed: size,
    protocol: chordProtocol,
    nodes: members.map((id) => ({
      id,
      role: NODE_ROLE,
      machine: () => chordNode(configuration),
      disk: formatNode(id, 'first'),
    })),
    observe: ({ id, state }) => {
      const count = (state as ChordState | undefined)?.counts?.lookups ?? 0
      if (count === (counts.get(id) ?? 0)) return
      counts.set(id, count)
      hops.push((state as ChordState).counts.lastHops)
    },
  })
  const view = { nowMs: 0, nodes: world.nodes, node: (id: string) => world.find(id) }
  do {
    if (world.nowMs > MOST_MS) throw new Error(`a ring of ${size} does not get its fingers right`)
    world.run(world.nowMs + 10 * FIX_FINGERS_MS)
  } while (fingersRight.check(view, [], undefined) !== undefined)
  world.spawn({ id: 'c1', role: 'client', machine: () => asker(members, lookups) })
  world.run(world.nowMs + LOOKUP_EVERY_MS * (lookups + 1_000))
  return summary(hops)
}

/** Asks a node at random for a key of its own, every now and then. */
function asker(members: readonly string[], lookups: number): AnyMachine {
  return {
    start: (ctx) => {
      ctx.setTimer('ask', LOOKUP_EVERY_MS)
      return { asked: 0 }
    },
    onMessage: () => {},
    onTimer: (state, ctx) => {
      const serial = ++state.asked
      const command = { action: 'get' as const, key: `key ${serial}` }
      const request: ChordMessage = { type: 'ClientRequest', client: ctx.self, serial, command }
      ctx.send(ctx.random.pick(members), request)
      if (serial < lookups) ctx.setTimer('ask', LOOKUP_EVERY_MS)
    },
  }
}

function summary(hops: readonly number[]): Hops {
  const sorted = [...hops].sort((one, other) => one - other)
  return {
    mean: hops.reduce((sum, each) => sum + each, 0) / hops.length,
    most99: sorted[Math.floor(0.99 * sorted.length)]!,
    most: sorted.at(-1)!,
  }
}

/** Against ½ log₂ N, what Stoica et al. measured (2003, section 6.3). */
export function chord(): readonly Figure[] {
  return SIZES.flatMap((size) => {
    const { mean, most99 } = chordHops(size, LOOKUPS)
    const expected = Math.log2(size) / 2
    return [
      {
        name: `chord-hops-${size}`,
        value: mean,
        unit: `hops, of ${expected} expected`,
        ratio: mean / expected,
        plotted: { chart: 'hops', series: 'mean', x: size },
      },
      {
        name: `chord-hops-${size}/99`,
        value: most99,
        unit: 'hops at most in 99 of 100',
        plotted: { chart: 'hops', series: 'at most, in 99 of 100', x: size },
      },
    ]
  })
}
