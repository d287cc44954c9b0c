import { World } from '../../sim/world.ts'
import type { NodeId } from '../../sim/machine.ts'
import { machineOf, words, type Handlers, type Stage } from './stage.ts'

const MOST_TURNS = 1_000
const TURN_MS = 10
const WHILE_MS = 2_000

/** The simulated world, with every message going through its codec. */
export function simulatedStage(): Stage {
  const heard = new Map<NodeId, string[]>()
  let world: World
  return {
    begin: async (nodes) => {
      world = new World({
        seed: 7,
        protocol: words,
        wire: true,
        network: { latencyMs: [1, 5], loss: 0, duplication: 0 },
        nodes: Object.entries(nodes).map(([id, handlers]) => {
          heard.set(id, [])
          return { id, role: 'node', machine: factoryOf(id, handlers, heard) }
        }),
      })
      // All start at time 0.
      world.run(0)
    },
    heard: (id) => heard.get(id)!,
    until: async (isSo) => {
      for (let turn = 0; !isSo(); turn++) {
        if (turn === MOST_TURNS) throw new Error(`it did not come about; heard ${JSON.stringify([...heard])}`)
        world.run(world.nowMs + TURN_MS, isSo)
      }
    },
    pass: async () => world.run(world.nowMs + WHILE_MS),
    killAndRestart: async (id) => {
      const starts = (): number => heard.get(id)!.filter((said) => said.startsWith('start')).length
      const before = starts()
      world.inject({ kind: 'kill', node: id, restartAfterMs: 20 })
      world.run(world.nowMs + WHILE_MS, () => starts() > before)
    },
    resetStream: (a, b) => world.inject({ kind: 'stream-reset', from: [a], to: [b] }),
    ended: (id) => {
      const { exitReason, up } = world.node(id)
      const finding = world.findings.find(({ node }) => node === id)
      return up ? undefined : (exitReason ?? finding?.summary)
    },
  }
}

function factoryOf(id: NodeId, handlers: Handlers, heard: Map<NodeId, string[]>): () => ReturnType<typeof machineOf> {
  let incarnation = 0
  return () => machineOf(handlers, (said) => heard.get(id)!.push(said), ++incarnation)
}
