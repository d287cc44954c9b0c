import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DictionaryCommand } from '../../../../nodes/dictionary/dictionary.ts'
import type { RaftMessage } from '../../../../nodes/raft/messages.ts'
import { formatServer } from '../../../../nodes/raft/persistence.ts'
import { diskFolderOf, writeDisk } from '../../../../runtime/host/disk-image.ts'
import { hostMachine, type HostedMachine } from '../../../../runtime/host/host-machine.ts'
import { freePorts } from '../../../../runtime/net/free-ports.ts'
import { recordedCode } from '../../../../runtime/recording/recorded-code.ts'
import { recordTo, type RecordOptions } from '../../../../runtime/recording/record-to.ts'
import type { RaftParameters } from '../../../../runtime/systems/raft-parameters.ts'
import type { ServerConfiguration } from '../../../../runtime/systems/system.ts'
import type { Address, AnyMachine, Context, NodeId, PlainData } from '../../../../sim/machine.ts'
import { until } from '../../host/support/hosted.ts'

interface LoadState {
  answered: number
  leader: number
}

/** Sets one key after the other, whoever leads: those that the scenario's clients use, and others. */
function load(servers: readonly NodeId[]): AnyMachine {
  type LoadContext = Context<RaftMessage, string>
  const keys = ['x', 'y', 'z', 'k1', 'k2', 'k3', 'k4']
  const ask = (state: LoadState, ctx: LoadContext): void => {
    const key = keys[state.answered % keys.length]!
    const command: DictionaryCommand = { action: 'set', key, value: `v${state.answered}` }
    ctx.send(servers[state.leader]!, { type: 'ClientRequest', session: 'load', serial: state.answered + 1, command })
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
      state.leader = (state.leader + 1) % servers.length
      ask(state, ctx)
    },
  }
}

/** Servers of Raft on the loopback interface, each recorded, and a client that is not. */
export class RecordedCluster {
  readonly recording: string
  readonly nodes = new Map<NodeId, HostedMachine>()
  private readonly folder: string
  readonly servers: readonly NodeId[]
  private readonly configuration: ServerConfiguration<Pick<RaftParameters, 'HEARTBEAT_TIMEOUT' | 'ELECTION_INTERVAL'>>
  private readonly record: Partial<RecordOptions>
  private peers: Readonly<Record<NodeId, Address>> = {}

  constructor(
    folder: string,
    options: { readonly servers?: number; readonly bug?: string; readonly record?: Partial<RecordOptions> } = {},
  ) {
    this.folder = folder
    this.recording = join(folder, 'recording')
    this.servers = Array.from({ length: options.servers ?? 5 }, (_, place) => `n${place + 1}`)
    this.record = options.record ?? {}
    this.configuration = {
      servers: this.servers,
      parameters: { HEARTBEAT_TIMEOUT: 50, ELECTION_INTERVAL: [200, 400] },
      ...(options.bug === undefined ? {} : { bug: options.bug }),
    }
  }

  async open(): Promise<void> {
    const ports = await freePorts(this.servers.length)
    this.peers = Object.fromEntries(
      this.servers.map((self, place) => [self, { host: '127.0.0.1', port: ports[place]! }]),
    )
    for (const self of this.servers) await this.start(self)
    const { protocol } = (await recordedCode(undefined))({ self: 'n1', ...this.recorded })
    const machine = (): AnyMachine => load(this.servers)
    const dataDirectory = join(this.folder, 'load')
    this.nodes.set('load', await hostMachine({ self: 'load', machine, protocol, peers: this.peers, dataDirectory }))
  }

  async start(self: NodeId, disk: ReadonlyMap<string, Uint8Array> = formatServer(self)): Promise<void> {
    const code = (await recordedCode(undefined))({ self, ...this.recorded })
    const dataDirectory = join(this.folder, self)
    writeDisk(dataDirectory, disk)
    const tap = recordTo(this.recording, { ...this.recorded, ...this.record })
    this.nodes.set(self, await hostMachine({ self, ...code, peers: this.peers, dataDirectory, tap }))
  }

  /** Waits until the client was answered so often again. */
  async answers(more: number): Promise<void> {
    const goal = this.state.answered + more
    await until(
      () => this.state.answered >= goal,
      () => this.state,
    )
  }

  get leader(): NodeId {
    return this.servers[this.state.leader]!
  }

  async kill(self: NodeId): Promise<void> {
    await this.nodes.get(self)!.kill()
  }

  /** Starts it again on a disk that has lost everything. */
  async startEmpty(self: NodeId): Promise<void> {
    rmSync(diskFolderOf(join(this.folder, self)), { recursive: true })
    await this.start(self, new Map())
  }

  /** Ends all nodes in good order. */
  async stop(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.stop()))
  }

  async close(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.kill()))
  }

  private get state(): LoadState {
    return this.nodes.get('load')!.state() as LoadState
  }

  private get recorded(): { readonly system: string; readonly configuration: PlainData } {
    return { system: 'raft-kv', configuration: this.configuration as unknown as PlainData }
  }
}

/** Records a cluster while something happens to it; the folder of the recording. */
export async function recordedCluster(
  folder: string,
  options: ConstructorParameters<typeof RecordedCluster>[1],
  happens: (cluster: RecordedCluster) => Promise<void>,
): Promise<string> {
  const cluster = new RecordedCluster(folder, options)
  try {
    await cluster.open()
    await happens(cluster)
  } finally {
    await cluster.close()
  }
  return cluster.recording
}
