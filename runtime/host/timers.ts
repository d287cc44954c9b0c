import type { Millis, TimerName } from '../../sim/machine.ts'
import { timerDelayUs, timerKey } from '../../sim/timer-key.ts'
import type { HostClock } from './clock.ts'
import { Deadlines } from './deadlines.ts'
import type { TimerLook } from './input-tap.ts'

interface ArmedTimer {
  readonly key: string
  timer: TimerName
  /** By the node's monotonic clock; undefined where it is not armed. */
  deadline: Millis | undefined
  /** When the heap looks at it next; undefined where it has no place there. */
  lookAt: Millis | undefined
  /** Its time has come, and the node has not come to it yet. */
  isDue: boolean
  draws: number
}

/** The longest wait that the event loop takes. */
const LONGEST_WAIT_MS = 2_000_000_000

/** The timers of one incarnation over one timer of the event loop. Putting one off costs nothing until it was due. */
export class HostTimers {
  private readonly clock: HostClock
  private readonly luck: number
  private readonly fired: (timer: TimerName) => void
  private readonly armed = new Map<string, ArmedTimer>()
  private readonly deadlines = new Deadlines<ArmedTimer>()
  private alarm: NodeJS.Timeout | undefined
  private alarmAt = Infinity

  /** `fired` is called with each timer that is due, from the event loop and never before its time; see `claim`. */
  constructor(clock: HostClock, luck: number, fired: (timer: TimerName) => void) {
    this.clock = clock
    this.luck = luck
    this.fired = fired
  }

  /** Returns how long it waits, as drawn. */
  set(timer: TimerName, after: Millis | readonly [min: Millis, max: Millis]): Millis {
    const key = timerKey(timer)
    let armed = this.armed.get(key)
    if (armed === undefined) {
      armed = { key, timer, deadline: undefined, lookAt: undefined, isDue: false, draws: 0 }
      this.armed.set(key, armed)
    }
    const draws = typeof after === 'number' ? 0 : armed.draws++
    const delayMs = timerDelayUs(after, this.luck, key, draws) / 1000
    armed.timer = timer
    armed.isDue = false
    armed.deadline = this.clock.now + delayMs
    if (armed.lookAt === undefined || armed.lookAt > armed.deadline) this.await(armed)
    return delayMs
  }

  cancel(timer: TimerName): void {
    const armed = this.armed.get(timerKey(timer))
    if (armed === undefined) return
    armed.deadline = undefined
    armed.isDue = false
  }

  /** The node comes to a timer that was due. False where it was put off or cancelled since: then it does not fire. */
  claim(timer: TimerName): boolean {
    const armed = this.armed.get(timerKey(timer))
    if (armed?.isDue !== true) return false
    armed.isDue = false
    // A record is one of many and does not come back; a name keeps count of its draws.
    if (typeof timer !== 'string') this.armed.delete(armed.key)
    return true
  }

  stop(): void {
    clearTimeout(this.alarm)
    this.alarmAt = -1
  }

  look(): readonly TimerLook[] {
    const now = this.clock.present()
    return [...this.armed.values()].map(({ timer, deadline, draws }) => ({
      timer,
      leftMs: deadline === undefined ? undefined : Math.max(0, deadline - now),
      draws,
    }))
  }

  private await(armed: ArmedTimer): void {
    armed.lookAt = armed.deadline!
    this.deadlines.put(armed.lookAt, armed)
    this.arm()
  }

  private arm(): void {
    const next = this.deadlines.next
    if (next >= this.alarmAt) return
    clearTimeout(this.alarm)
    this.alarmAt = next
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, Math.ceil(next - this.clock.present())))
    this.alarm = setTimeout(() => this.ring(), waitMs)
  }

  private ring(): void {
    this.alarmAt = Infinity
    const now = this.clock.present()
    while (this.deadlines.next <= now && this.alarmAt !== -1) {
      const at = this.deadlines.next
      const armed = this.deadlines.take()
      // It was put into the heap anew for an earlier time since.
      if (armed.lookAt !== at) continue
      armed.lookAt = undefined
      this.due(armed, at)
    }
    this.arm()
  }

  private due(armed: ArmedTimer, at: Millis): void {
    // Also where its new time has come as well: those that were due before go first.
    if (armed.deadline !== undefined && armed.deadline > at) {
      this.await(armed)
      return
    }
    if (armed.deadline === undefined) {
      if (typeof armed.timer !== 'string' && !armed.isDue) this.armed.delete(armed.key)
      return
    }
    armed.deadline = undefined
    armed.isDue = true
    this.fired(armed.timer)
  }
}
