import { randomStream } from '../../sim/random.ts'
import type { Address, NodeId } from '../../sim/machine.ts'
import type { Protocol } from '../../sim/protocol.ts'
import type { NodeSpec } from '../../explore/scenario.ts'
import type { RunPlan } from '../../explore/result.ts'
import { hostMachine, type HostedMachine } from '../host/host-machine.ts'
import { LinkWeather, type ActiveFault } from './link-weather.ts'
import type { ChaosRecorder } from './recorder.ts'

export interface ClientSetup {
  readonly plan: RunPlan
  readonly protocol: Protocol
  readonly peers: Readonly<Record<NodeId, Address>>
  readonly dataDirectory: string
  readonly recorder: ChaosRecorder
}

/** A client: its machine is in this process, and speaks to the servers over real sockets. */
export class Client {
  readonly spec: NodeSpec
  private readonly setup: ClientSetup
  private readonly links: LinkWeather
  private node: HostedMachine | undefined
  private starts = 0
  private pastEvents = 0

  constructor(spec: NodeSpec, setup: ClientSetup) {
    this.spec = spec
    this.setup = setup
    this.links = new LinkWeather(spec.id, setup.plan.network, randomStream(setup.plan.seed, 'chaos', spec.id, 0))
  }

  get isUp(): boolean {
    return this.node !== undefined
  }

  get events(): number {
    return this.pastEvents + (this.node?.figures.events ?? 0)
  }

  get state(): unknown {
    return this.node?.state()
  }

  async start(): Promise<void> {
    const { protocol, peers, dataDirectory, recorder } = this.setup
    const { id, machine } = this.spec
    const process = this.starts++ === 0 ? id : `${id}.${this.starts}`
    this.node = await hostMachine({
      self: id,
      machine,
      protocol,
      peers,
      dataDirectory,
      history: recorder.forClient(process),
      linkFaults: this.links,
    })
  }

  become(active: readonly ActiveFault[]): void {
    this.links.become(active)
  }

  reset(peers: readonly NodeId[]): void {
    for (const peer of peers) this.node?.resetStream(peer)
  }

  /** It ends without a word; what it had under way stays open. */
  async kill(): Promise<void> {
    const { node } = this
    if (node === undefined) return
    this.node = undefined
    this.pastEvents += node.figures.events
    await node.kill()
  }
}
