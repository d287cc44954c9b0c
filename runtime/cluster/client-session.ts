import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { Millis, NodeId, Tagged } from '../../sim/machine.ts'
import { hostMachine, type HostedMachine } from '../host/host-machine.ts'
import type { PeerServices } from '../host/services.ts'
import type { ClientRequest, Shown, System } from '../systems/system.ts'
import { temporaryFolder, type TemporaryFolder } from '../temporary-folder.ts'
import { readClient, readParameters } from './configuration.ts'
import type { Layout } from './layout.ts'

export interface SessionOptions {
  readonly layout: Layout
  readonly system: System
  /** Whose configuration it takes. */
  readonly client: NodeId
  readonly timeoutMs?: Millis | undefined
  /** Others who ask the same client. */
  readonly services?: PeerServices
}

const PERSON = 'person'

/** A client of a system in this process, for as long as someone has something to ask. */
export class ClientSession {
  private readonly node: HostedMachine
  private readonly folder: TemporaryFolder
  private readonly waiting: Map<number, (answer: Tagged) => void>
  private lastId = 0

  private constructor(node: HostedMachine, folder: TemporaryFolder, waiting: ClientSession['waiting']) {
    this.node = node
    this.folder = folder
    this.waiting = waiting
  }

  static async open({ layout, system, client, timeoutMs, services = {} }: SessionOptions): Promise<ClientSession> {
    const { servers } = readClient(layout, system, client)
    const parameters: unknown = readParameters(layout, system)
    const waiting: ClientSession['waiting'] = new Map()
    const folder = temporaryFolder('client')
    try {
      const node = await hostMachine({
        // Servers tell clients apart by their names, and many people may use one configuration.
        self: `${client}-${randomBytes(6).toString('hex')}`,
        machine: () => system.client.machine({ servers: Object.keys(servers), parameters, timeoutMs }),
        protocol: system.protocol,
        peers: servers,
        dataDirectory: join(folder.path, 'data'),
        services: {
          ...services,
          [PERSON]: {
            start: async () => undefined,
            receive: (message) => {
              const id = system.client.idOf(message)
              if (id !== undefined) waiting.get(id)?.(message)
            },
            stop: async () => undefined,
          },
        },
      })
      return new ClientSession(node, folder, waiting)
    } catch (error) {
      folder.remove()
      throw error
    }
  }

  /** Resolves when it has ended, whoever ended it. */
  get ended(): Promise<unknown> {
    return this.node.ended
  }

  /** True while someone waits for an answer. */
  get isAsked(): boolean {
    return this.waiting.size > 0
  }

  async ask(request: ClientRequest): Promise<Shown> {
    const id = ++this.lastId
    const answer = new Promise<Tagged>((resolve) => this.waiting.set(id, resolve))
    this.node.deliver(PERSON, request.message(id))
    try {
      return request.read(await answer)
    } finally {
      this.waiting.delete(id)
    }
  }

  async close(): Promise<void> {
    await this.node.stop()
    this.folder.remove()
  }
}
