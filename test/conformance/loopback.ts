import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { hostMachine, type HostedMachine } from '../../runtime/host/host-machine.ts'
import { freePorts } from '../../runtime/net/free-ports.ts'
import type { Address, NodeId } from '../../sim/machine.ts'
import { temporaryFolder } from '../support/temp-folder.ts'
import { machineOf, words, type Handlers, type Stage } from './stage.ts'

/** An outer limit for what comes about sooner or later; no test depends on how long anything takes. */
const LONGEST_MS = 20_000
const WHILE_MS = 60

interface Player {
  readonly id: NodeId
  readonly handlers: Handlers
  readonly heard: string[]
  incarnation: number
  node: HostedMachine | undefined
  ended: string | undefined
}

/** Hosted machines on the loopback interface, with disks in a temporary folder. Nothing of them is left afterwards. */
export function loopbackStage(): Stage {
  const folder = temporaryFolder()
  const players = new Map<NodeId, Player>()
  let peers: Record<NodeId, Address> = {}
  onTestFinished(async () => {
    await Promise.all([...players.values()].map(({ node }) => node?.kill()))
  })

  const start = async (player: Player): Promise<void> => {
    const { id, handlers, heard } = player
    const incarnation = ++player.incarnation
    const node = await hostMachine({
      self: id,
      protocol: words,
      peers,
      dataDirectory: join(folder, id),
      machine: () => machineOf(handlers, (said) => heard.push(said), incarnation),
    })
    player.node = node
    void keepEnd(player, node)
  }

  return {
    begin: async (nodes) => {
      const ids = Object.keys(nodes)
      const ports = await freePorts(ids.length)
      peers = Object.fromEntries(ids.map((id, place) => [id, { host: '127.0.0.1', port: ports[place]! }]))
      for (const [id, handlers] of Object.entries(nodes)) {
        const player = { id, handlers, heard: [], incarnation: 0, node: undefined, ended: undefined }
        players.set(id, player)
        await start(player)
      }
    },
    heard: (id) => players.get(id)!.heard,
    until: async (isSo) => {
      const startedMs = performance.now()
      while (!isSo()) {
        if (performance.now() - startedMs > LONGEST_MS) {
          const heard = [...players.values()].map((player) => [player.id, player.heard.slice(-20)])
          throw new Error(`it did not come about; heard at the end ${JSON.stringify(heard)}`)
        }
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    },
    pass: () => new Promise((resolve) => setTimeout(resolve, WHILE_MS)),
    killAndRestart: async (id) => {
      const player = players.get(id)!
      await player.node!.kill()
      await start(player)
    },
    resetStream: (a, b) => void players.get(a)!.node!.resetStream(b),
    ended: (id) => players.get(id)!.ended,
  }
}

async function keepEnd(player: Player, node: HostedMachine): Promise<void> {
  const { how, reason } = await node.ended
  if (how === 'exit' || how === 'failed') player.ended = reason
}
