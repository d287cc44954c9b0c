import type { Millis, NodeId } from './machine.ts'
import type { Fault } from './faults.ts'
import { mix, seedKey } from './mix.ts'
import type { SimulatedNode } from './node.ts'

/** What is done to a run from outside at one of its events, so that it goes another way from there on. */
export type Intervention =
  /** All that is drawn from here on is drawn from another seed: an integer from 0 to 2^53 − 1. */
  | { readonly kind: 'new-luck'; readonly luck: number }
  /** The next message that would be delivered is lost; a stream, which loses nothing, breaks. */
  | { readonly kind: 'drop' }
  /** The next datagram that would be delivered arrives once more, this much later. */
  | { readonly kind: 'duplicate'; readonly afterMs: Millis }
  /** The next message that would be delivered arrives this much later; on a stream all behind it wait as well. */
  | { readonly kind: 'delay'; readonly byMs: Millis }
  | {
      readonly kind: 'kill' | 'power-loss'
      readonly node: NodeId
      /** When the event took place: between two events that can be told apart much may happen that none tells of. */
      readonly atMs: Millis
      readonly restartAfterMs: Millis
    }

/**
 * Where a run leaves the one it came from: all events before `atEvent`, counted from 1, are the same. It takes place
 * just before that event; where that one is part of the handling of another, once that is over.
 */
export type Fork = { readonly atEvent: number } & Intervention

type Of<Kind extends Fork['kind']> = Extract<Fork, { readonly kind: Kind }>
type MessageFork = Of<'drop' | 'duplicate' | 'delay'>

/** What forking needs of the world. */
export interface ForkHost {
  seed: number
  nowUs: number
  readonly queue: { readonly nextAtUs: number }
  readonly hash: { readonly events: number }
  readonly nodes: readonly SimulatedNode[]
  readonly network: { seed: number }
  inject(fault: Omit<Extract<Fault, { readonly kind: 'kill' | 'power-loss' }>, 'id' | 'atMs'>): void
}

/** What becomes of a message that a fork touches, in microseconds: Infinity where it is lost. */
export interface MessageFate {
  readonly laterByUs: number
  readonly copyAfterUs: number | undefined
}

/** Carries out the forks of a run: as long as none is near they cost a comparison a step. */
export class Forks {
  /** As soon as so many events have happened the next fork of the world is due; and the next one of a message. */
  nextAfter = Infinity
  nextMessageAfter = Infinity
  private readonly host: ForkHost
  private readonly ofWorld: Exclude<Fork, MessageFork>[] = []
  private readonly ofMessages: MessageFork[] = []

  constructor(host: ForkHost, forks: readonly Fork[]) {
    this.host = host
    for (const fork of [...forks].sort((a, b) => a.atEvent - b.atEvent)) {
      if (fork.kind === 'new-luck' || 'node' in fork) this.ofWorld.push(fork)
      else this.ofMessages.push(fork)
    }
    this.await()
  }

  /** Before a step, once `nextAfter` events have happened; at the time of the event that comes next. */
  carryOut(): void {
    const { nextAtUs } = this.host.queue
    while (this.host.hash.events >= this.nextAfter) {
      const fork = this.ofWorld[0]!
      if ('node' in fork && nextAtUs < Math.round(fork.atMs * 1000)) return
      this.host.nowUs = nextAtUs
      this.ofWorld.shift()
      this.await()
      if (fork.kind === 'new-luck') this.drawAnew(fork.luck)
      else this.host.inject({ kind: fork.kind, node: fork.node, restartAfterMs: fork.restartAfterMs })
    }
  }

  /** Asked for each message of another node that is about to be delivered, once `nextMessageAfter` events have happened. */
  fateOf(onStream: boolean): MessageFate | undefined {
    const fork = this.ofMessages[0]!
    if (onStream && fork.kind === 'duplicate') return undefined
    this.ofMessages.shift()
    this.await()
    return {
      laterByUs: fork.kind === 'drop' ? Infinity : fork.kind === 'delay' ? Math.round(fork.byMs * 1000) : 0,
      copyAfterUs: fork.kind === 'duplicate' ? Math.round(fork.afterMs * 1000) : undefined,
    }
  }

  /** What was drawn before stays: messages under way arrive, armed timers fire and syncs end when they would have. */
  private drawAnew(luck: number): void {
    const { host } = this
    host.seed = seedKey(luck)
    host.network.seed = host.seed
    for (const node of host.nodes) node.luck = mix(mix(host.seed, node.key), node.luck)
  }

  private await(): void {
    this.nextAfter = (this.ofWorld[0]?.atEvent ?? Infinity) - 1
    this.nextMessageAfter = (this.ofMessages[0]?.atEvent ?? Infinity) - 1
  }
}

/** The reason that a trace gives for a message that a fork took away. */
export const TAKEN_AWAY = 'taken away'
