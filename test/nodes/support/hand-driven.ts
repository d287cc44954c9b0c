import type { AnyMachine, ClientContext, Millis, NodeId, PlainData, Random, Tagged } from '../../../sim/machine.ts'
import { randomStream } from '../../../sim/random.ts'
import { MemoryDisk } from './memory-disk.ts'

/** A message as a test looks at it. */
export type Message = Tagged & { readonly [field: string]: unknown }

export interface Sent {
  readonly to: NodeId
  readonly message: Message
}

/** A context that only writes down what was said. `said` has disk operations and sends in their order. */
export class HandContext implements ClientContext<Tagged, string> {
  readonly self: NodeId
  readonly disk: MemoryDisk
  readonly random: Random
  now: Millis = 0
  wallClock: Millis = 0
  sent: Sent[] = []
  readonly timers = new Map<string, Millis | readonly [Millis, Millis]>()
  readonly notes: string[] = []
  readonly histories: string[] = []
  readonly begunBefore = new Set<number>()
  exited: string | undefined
  readonly history = {
    begun: (operation: number): boolean => this.begunBefore.has(operation),
    invoke: (operation: number): void => void this.histories.push(`invoke ${operation}`),
    ok: (operation: number, output: PlainData): void =>
      void this.histories.push(`ok ${operation} ${JSON.stringify(output)}`),
    fail: (operation: number, reason?: string): void =>
      void this.histories.push(`fail ${operation} ${reason ?? ''}`.trim()),
    info: (operation: number, reason?: string): void =>
      void this.histories.push(`info ${operation} ${reason ?? ''}`.trim()),
  }

  constructor(self: NodeId, image?: ReadonlyMap<string, Uint8Array>) {
    this.self = self
    this.disk = new MemoryDisk(image)
    this.random = randomStream(1, self)
  }

  get said(): readonly string[] {
    return this.disk.done
  }

  send(to: NodeId, message: Tagged): void {
    this.sent.push({ to, message: message as Message })
    this.disk.done.push(`send ${message.type} ${to}`)
  }

  setTimer(timer: string, after: Millis | readonly [Millis, Millis]): void {
    this.timers.set(timer, after)
  }

  cancelTimer(timer: string): void {
    this.timers.delete(timer)
  }

  introduce(): void {}
  note(event: string): void {
    this.notes.push(event)
  }

  buggify(): boolean {
    return false
  }

  outboxLength(): number {
    return 0
  }

  exit(reason: string): void {
    this.exited = reason
  }
}

/** A node driven by hand: what it says in answer to one event at a time. */
export class HandDriven<State> {
  readonly ctx: HandContext
  readonly machine: AnyMachine
  state: State

  constructor(
    machine: AnyMachine,
    self: NodeId,
    image?: ReadonlyMap<string, Uint8Array>,
    prepare?: (ctx: HandContext) => void,
  ) {
    this.machine = machine
    this.ctx = new HandContext(self, image)
    prepare?.(this.ctx)
    this.state = machine.start(this.ctx)
  }

  /** Hands over a message and gives back what was sent in answer. */
  receive(from: NodeId, message: object): readonly Sent[] {
    return this.during(() => this.machine.onMessage(this.state, this.ctx, from, message))
  }

  fire(timer: string): readonly Sent[] {
    this.ctx.timers.delete(timer)
    return this.during(() => this.machine.onTimer!(this.state, this.ctx, timer))
  }

  /** A new incarnation on what is on the disk. */
  restarted(machine: AnyMachine): HandDriven<State> {
    return new HandDriven(machine, this.ctx.self, this.ctx.disk.files)
  }

  private during(handle: () => void): readonly Sent[] {
    this.ctx.sent = []
    this.ctx.disk.done.length = 0
    handle()
    return this.ctx.sent
  }
}
