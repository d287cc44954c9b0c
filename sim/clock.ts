import type { Millis } from './machine.ts'

/** The moment every simulated wall clock begins at: 2023-11-14T22:13:20Z, in milliseconds since the epoch. */
const EPOCH_MS = 1_700_000_000_000

/**
 * The clocks of one node: a monotonic one that may run fast or slow, and a wall clock that may also be off or jump.
 * Local time is kept in whole microseconds.
 */
export class Clock {
  private rate = 1
  private anchorWorldUs = 0
  private anchorLocalUs = 0
  private bootLocalUs = 0
  private wallOffsetUs = 0

  private localUs(worldUs: number): number {
    return this.rate === 1
      ? this.anchorLocalUs + (worldUs - this.anchorWorldUs)
      : this.anchorLocalUs + Math.floor((worldUs - this.anchorWorldUs) * this.rate)
  }

  /** A new incarnation: its monotonic clock begins at 0. */
  boot(worldUs: number): void {
    this.bootLocalUs = this.localUs(worldUs)
  }

  /** An incarnation with a past: both clocks go on from what they show. */
  goOn(worldUs: number, monotonicMs: Millis, wallMs: Millis): void {
    this.bootLocalUs = this.localUs(worldUs) - Math.round(monotonicMs * 1000)
    this.wallOffsetUs += Math.round((wallMs - this.wallMs(worldUs)) * 1000)
  }

  monotonicMs(worldUs: number): number {
    return (this.localUs(worldUs) - this.bootLocalUs) / 1000
  }

  wallMs(worldUs: number): number {
    return EPOCH_MS + (this.localUs(worldUs) + this.wallOffsetUs) / 1000
  }

  /** How long, in the world's microseconds, a local duration lasts at the present rate: no less, so that no timer is early. */
  worldDurationUs(localUs: number): number {
    return this.rate === 1 ? localUs : Math.ceil(localUs / this.rate)
  }

  setRate(rate: number, worldUs: number): void {
    this.anchorLocalUs = this.localUs(worldUs)
    this.anchorWorldUs = worldUs
    this.rate = rate
  }

  shiftWall(byUs: number): void {
    this.wallOffsetUs += byUs
  }
}
