import type { InputTap } from '../runtime/host/input-tap.ts'

/** What a server did in one slice of time, in which it was recorded or not. */
export interface Slice {
  /** Counts from the epoch, so that all servers mean the same by it. */
  readonly number: number
  readonly isRecorded: boolean
  readonly milliseconds: number
  /** Processor time of the process, and of the system for it. */
  readonly cpuUs: number
  readonly sets: number
}

/**
 * A tap that is switched on and off, in slices of the wall clock: what recording costs is then compared within one
 * process, and what else the machine does meets both alike. What comes of it is no recording that could be replayed.
 */
export class SwitchedTap {
  readonly tap: InputTap
  private readonly sliceMs: number
  private isOn = false

  constructor(tap: InputTap, sliceMs: number) {
    this.sliceMs = sliceMs
    this.tap = {
      began: tap.began,
      ended: tap.ended,
      input: (input, now, wallClock) => {
        if (this.isOn) tap.input(input, now, wallClock)
      },
      answered: (answer) => {
        if (this.isOn) tap.answered(answer)
      },
      said: (output, encoded) => {
        if (this.isOn) tap.said(output, encoded)
      },
      handled: (error) => {
        if (this.isOn) tap.handled(error)
      },
      keep: () => {
        if (this.isOn) tap.keep()
      },
    }
  }

  /** Switches from now on, between two events, and tells of each slice. `setsSoFar` is asked at its ends. */
  run(setsSoFar: () => number, onSlice: (slice: Slice) => void): void {
    let before = this.standing(setsSoFar)
    const turn = (): void => {
      const now = this.standing(setsSoFar)
      onSlice({
        number: before.slice,
        isRecorded: this.isOn,
        milliseconds: now.atMs - before.atMs,
        cpuUs: now.cpuUs - before.cpuUs,
        sets: now.sets - before.sets,
      })
      before = now
      this.isOn = isRecordedIn(now.slice)
      setTimeout(turn, this.sliceMs - (Date.now() % this.sliceMs))
    }
    setTimeout(turn, this.sliceMs - (Date.now() % this.sliceMs))
  }

  private standing(setsSoFar: () => number): {
    readonly slice: number
    readonly atMs: number
    readonly cpuUs: number
    readonly sets: number
  } {
    const { user, system } = process.cpuUsage()
    const slice = Math.floor(Date.now() / this.sliceMs)
    return { slice, atMs: performance.now(), cpuUs: user + system, sets: setsSoFar() }
  }
}

/** One of each two slices is, now the first and now the second. */
function isRecordedIn(slice: number): boolean {
  return (((slice >> 1) ^ slice) & 1) === 1
}
