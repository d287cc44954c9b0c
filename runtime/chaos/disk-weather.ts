import type { DiskErrorCode, Millis, NodeId, Random } from '../../sim/machine.ts'
import type { DiskFaults } from '../host/disk-faults.ts'
import type { ActiveFault } from './link-weather.ts'

/**
 * The disk of one node as a plan has it. It keeps what is written in the process until the next sync: a disk may do
 * that, and a kill then shows who spoke before its words were durable.
 */
export class DiskWeather implements DiskFaults {
  readonly holdsBack = true
  /** It has failed as it was told to: what fails then is no fault of the computer's disk. */
  hasFailed = false
  private readonly self: NodeId
  private readonly syncMs: readonly [min: Millis, max: Millis]
  private readonly random: Random
  private slowMs = 0
  private errorRate = 0
  private isFull = false

  constructor(self: NodeId, syncMs: readonly [min: Millis, max: Millis], random: Random) {
    this.self = self
    this.syncMs = syncMs
    this.random = random
  }

  /** These are under way from now on, and no others. */
  become(active: readonly ActiveFault[]): void {
    this.slowMs = 0
    this.errorRate = 0
    this.isFull = false
    for (const { fault } of active) {
      if (!('node' in fault) || fault.node !== this.self) continue
      if (fault.kind === 'slow-sync') this.slowMs += fault.byMs
      if (fault.kind === 'disk-error') this.errorRate = fault.probability
      if (fault.kind === 'disk-full') this.isFull = true
    }
  }

  operation(use: 'read' | 'grow' | 'change'): DiskErrorCode | undefined {
    const code = this.isFull && use === 'grow' ? 'ENOSPC' : this.isBroken() ? 'EIO' : undefined
    this.hasFailed ||= code !== undefined
    return code
  }

  sync(): Millis | 'fails' {
    if (this.isBroken()) {
      this.hasFailed = true
      return 'fails'
    }
    const [minMs, maxMs] = this.syncMs
    return minMs + this.random.float() * (maxMs - minMs) + this.slowMs
  }

  private isBroken(): boolean {
    return this.errorRate > 0 && this.random.chance(this.errorRate)
  }
}
