import type { AnyMachine, Millis, TimerName } from './machine.ts'
import { EventKind, type EventQueue } from './event-queue.ts'
import { mixText } from './mix.ts'
import type { ArmedTimer, SimulatedNode } from './node.ts'
import { timerDelayUs, timerKey } from './timer-key.ts'
import { Kind } from './trace.ts'

/** What timers need of the world. */
export interface TimerHost {
  readonly nowUs: number
  readonly queue: EventQueue
  readonly hash: { readonly events: number }
  record(
    kind: number,
    node: SimulatedNode,
    peer: undefined,
    label: string,
    labelNumber: number,
    number: number,
    cause: number,
    body: unknown,
  ): number
  handle(node: SimulatedNode, handler: (machine: AnyMachine, context: unknown) => void): void
}

/** The timers of all nodes. Arming one anew for later costs nothing: the event that waits for it finds the new time. */
export class Timers {
  private readonly host: TimerHost

  constructor(host: TimerHost) {
    this.host = host
  }

  /** Returns when it fires, in the world's microseconds. */
  set(node: SimulatedNode, timer: TimerName, after: Millis | readonly [Millis, Millis]): number {
    const armed = this.armedOf(node, timer)
    const { key } = armed
    const draws = typeof after === 'number' ? 0 : armed.draws++
    const localUs = timerDelayUs(after, node.luck, key, draws)
    armed.timer = timer
    armed.deadlineUs = this.host.nowUs + node.clock.worldDurationUs(localUs)
    armed.cause = this.host.hash.events
    if (armed.eventAtUs > armed.deadlineUs) this.await(node, armed)
    return armed.deadlineUs
  }

  /** A timer that was armed or drawn before the world began. */
  goOn(
    node: SimulatedNode,
    past: { readonly timer: TimerName; readonly leftMs: Millis | undefined; readonly draws: number },
  ): void {
    if (past.leftMs !== undefined) this.set(node, past.timer, past.leftMs)
    else this.armedOf(node, past.timer)
    this.armedOf(node, past.timer).draws = past.draws
  }

  cancel(node: SimulatedNode, timer: TimerName): void {
    const armed = node.timers.get(timerKey(timer))
    if (armed !== undefined) armed.deadlineUs = -1
  }

  /** The event that waited for a timer has come; the timer may have been put off, armed anew or cancelled since. */
  fire(node: SimulatedNode, incarnation: number, generation: number, body: unknown): void {
    const armed = body as ArmedTimer
    if (!node.up || node.incarnation !== incarnation || armed.generation !== generation) return
    armed.eventAtUs = Infinity
    if (armed.deadlineUs > this.host.nowUs) {
      this.await(node, armed)
      return
    }
    // A record is one of many and does not come back; a name keeps count of its draws.
    if (typeof armed.timer !== 'string') node.timers.delete(armed.key)
    if (armed.deadlineUs < 0) return
    armed.deadlineUs = -1
    const { timer } = armed
    this.host.record(Kind.timer, node, undefined, armed.key, mixText(0, armed.key) & 0xfff, 0, armed.cause, timer)
    this.host.handle(node, (machine, context) => machine.onTimer!(node.state, context, timer))
  }

  /** Made where there is none yet. */
  private armedOf(node: SimulatedNode, timer: TimerName): ArmedTimer {
    const key = timerKey(timer)
    let armed = node.timers.get(key)
    if (armed === undefined) {
      armed = { key, timer, deadlineUs: -1, eventAtUs: Infinity, generation: 0, draws: 0, cause: 0 }
      node.timers.set(key, armed)
    }
    return armed
  }

  private await(node: SimulatedNode, armed: ArmedTimer): void {
    armed.eventAtUs = armed.deadlineUs
    armed.generation++
    this.host.queue.push(
      armed.deadlineUs,
      EventKind.timer,
      node.index,
      node.incarnation,
      0,
      armed.generation,
      armed.cause,
      armed,
    )
  }
}
