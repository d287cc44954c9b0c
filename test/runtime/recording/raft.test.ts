import { join } from 'node:path'
import { onTestFinished, expect, test } from 'vitest'
import type { DictionaryCommand } from '../../../nodes/dictionary/dictionary.ts'
import type { RaftMessage } from '../../../nodes/raft/messages.ts'
import { formatServer } from '../../../nodes/raft/persistence.ts'
import { writeDisk } from '../../../runtime/host/disk-image.ts'
import { hostMachine, type HostedMachine } from '../../../runtime/host/host-machine.ts'
import { freePorts } from '../../../runtime/net/free-ports.ts'
import { recordedCode } from '../../../runtime/recording/recorded-code.ts'
import { recordTo } from '../../../runtime/recording/record-to.ts'
import { replayRecording } from '../../../runtime/recording/replay-recording.ts'
import type { RaftParameters } from '../../../runtime/systems/raft-parameters.ts'
import type { ServerConfiguration } from '../../../runtime/systems/system.ts'
import type { Address, AnyMachine, Context, NodeId, PlainData } from '../../../sim/machine.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { until } from '../host/support/hosted.ts'

const SERVERS = ['n1', 'n2', 'n3', 'n4', 'n5']
const CONFIGURATION: ServerConfiguration<Pick<RaftParameters, 'HEARTBEAT_TIMEOUT' | 'ELECTION_INTERVAL'>> = {
  servers: SERVERS,
  parameters: { HEARTBEAT_TIMEOUT: 50, ELECTION_INTERVAL: [200, 400] },
}

interface LoadState {
  answered: number
  leader: number
}

/** Sets one key after the other, whoever leads. */
function load(): AnyMachine {
  type LoadContext = Context<RaftMessage, string>
  const ask = (state: LoadState, ctx: LoadContext): void => {
    const command: DictionaryCommand = { action: 'set', key: `k${state.answered % 7}`, value: `v${state.answered}` }
    ctx.send(SERVERS[state.leader]!, { type: 'ClientRequest', session: 'load', serial: state.answered + 1, command })
    ctx.setTimer('retry', 100)
  }
  return {
    start: (ctx: LoadContext): LoadState => {
      const state = { answered: 0, leader: 0 }
      ask(state, ctx)
      return state
    },
    onMessage: (state: LoadState, ctx: LoadContext, _from: NodeId, message: RaftMessage) => {
      if (message.type !== 'ClientReply' || message.status !== 'ok' || message.serial !== state.answered + 1) return
      state.answered++
      ask(state, ctx)
    },
    onTimer: (state: LoadState, ctx: LoadContext) => {
      state.leader = (state.leader + 1) % SERVERS.length
      ask(state, ctx)
    },
  }
}

test('five servers of Raft under load, killed and started again, replay without divergence', async () => {
  const folder = temporaryFolder()
  const recording = join(folder, 'recording')
  const ports = await freePorts(SERVERS.length)
  const peers: Record<NodeId, Address> = Object.fromEntries(
    SERVERS.map((self, place) => [self, { host: '127.0.0.1', port: ports[place]! }]),
  )
  const codeOf = await recordedCode(undefined)
  const recorded = { system: 'raft-kv', configuration: CONFIGURATION as unknown as PlainData }
  const nodes = new Map<NodeId, HostedMachine>()
  onTestFinished(async () => {
    await Promise.all([...nodes.values()].map((node) => node.kill()))
  })
  const start = async (self: NodeId): Promise<void> => {
    const code = codeOf({ self, ...recorded })
    writeDisk(join(folder, self), formatServer(self))
    const tap = recordTo(recording, { ...recorded, segmentBytes: 60_000 })
    nodes.set(self, await hostMachine({ self, ...code, peers, dataDirectory: join(folder, self), tap }))
  }
  for (const self of SERVERS) await start(self)
  const { protocol } = codeOf({ self: 'n1', ...recorded })
  const client = await hostMachine({ self: 'c1', machine: load, protocol, peers, dataDirectory: join(folder, 'c1') })
  nodes.set('c1', client)
  const state = client.state() as LoadState
  const answers = (more: number): Promise<void> => {
    const goal = state.answered + more
    return until(
      () => state.answered >= goal,
      () => state,
    )
  }
  await answers(60)
  for (let kills = 0; kills < 2; kills++) {
    const leader = SERVERS[state.leader]!
    await nodes.get(leader)!.kill()
    await answers(40)
    await start(leader)
    await answers(40)
  }
  await Promise.all([...nodes.values()].map((node) => node.stop()))
  const states = new Map<NodeId, unknown>()
  const { divergence, events, incarnations } = replayRecording(recording, {
    codeOf,
    onEvent: ({ self }, _number, node) => void states.set(self, node.state),
  })
  expect(divergence).toBeUndefined()
  expect(incarnations).toHaveLength(SERVERS.length + 2)
  expect(events).toBeGreaterThan(2_000)
  expect(incarnations.some(({ segments }) => segments.length > 1)).toBe(true)
  for (const self of SERVERS) expect(states.get(self)).toEqual(nodes.get(self)!.state())
})
