import type { Tagged } from '../../sim/machine.ts'
import type { ProcessChanged, SupervisorMessage } from '../../nodes/supervisor/messages.ts'
import type { PeerService } from '../host/services.ts'
import type { ProcessSpec } from './launcher.ts'
import { Supervisor, type ProcessChange, type SupervisorOptions } from './supervisor.ts'

/**
 * The supervisor as a peer of a machine. A machine names processes and nothing else: what may be started, and how, is
 * configured here, so that no message can start anything of its own.
 */
export class SupervisorPeer implements PeerService {
  private readonly specs: ReadonlyMap<string, ProcessSpec>
  private readonly supervisor: Supervisor
  private deliver: ((message: Tagged) => boolean) | undefined

  constructor(specs: readonly ProcessSpec[], options: Omit<SupervisorOptions, 'onChange'> = {}) {
    this.specs = new Map(specs.map((spec) => [spec.name, spec]))
    this.supervisor = new Supervisor({ ...options, onChange: (change) => this.tell(change) })
  }

  async start(deliver: (message: Tagged) => boolean): Promise<void> {
    this.deliver = deliver
  }

  receive(message: Tagged): void {
    const asked = message as SupervisorMessage
    if (asked.type === 'StartProcess') {
      const spec = this.specs.get(asked.name)
      if (spec !== undefined) this.supervisor.start(spec)
      else
        this.tell({ name: asked.name, status: 'unknown', starts: 0, reason: 'no process of this name is configured' })
    } else if (asked.type === 'StopProcess') void this.supervisor.stop(asked.name)
  }

  async stop(): Promise<void> {
    this.deliver = undefined
    await this.supervisor.close()
  }

  private tell(change: ProcessChange): void {
    const message: ProcessChanged = { type: 'ProcessChanged', ...change }
    this.deliver?.(message)
  }
}
