import type { Millis } from '../../sim/machine.ts'

/** The clocks of one incarnation, read once an event: a monotonic one from 0, in whole microseconds, and the wall clock. */
export class HostClock {
  private readonly startedMs = performance.now()
  now: Millis = 0
  wallClock: Millis = Date.now()

  /** A new event begins. */
  sample(): void {
    this.now = this.present()
    this.wallClock = Date.now()
  }

  /** The monotonic clock between events. */
  present(): Millis {
    return Math.floor((performance.now() - this.startedMs) * 1000) / 1000
  }
}
