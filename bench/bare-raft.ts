import { BareHash, BareHeap, bareLatencyUs, BareRandom } from './bare-loop.ts'

/**
 * Raft's messages under load in a bare loop: one leader, four followers, three clients that ask one thing at a time.
 * Nothing fails, nobody is elected, nothing is written to a disk.
 */

const SERVERS = 5
const CLIENTS = 3
const LOSS = 0.01
const HEARTBEAT_US = 50_000
const RETRY_US = 100_000

type Message =
  | { readonly type: 'request'; readonly from: number; readonly serial: number }
  | {
      readonly type: 'append'
      readonly term: number
      readonly previous: number
      readonly entries: readonly Entry[]
      readonly commit: number
    }
  | { readonly type: 'appended'; readonly from: number; readonly match: number }
  | { readonly type: 'reply'; readonly serial: number }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'retry'; readonly serial: number }

interface Entry {
  readonly client: number
  readonly serial: number
}

class BareRaft {
  private readonly heap = new BareHeap(4096)
  private readonly random = new BareRandom()
  private readonly hash = new BareHash()
  private readonly bodies: (Message | undefined)[] = Array.from({ length: 4096 })
  private readonly targets = new Int32Array(4096)
  private readonly free = Array.from({ length: 4096 }, (_, slot) => slot)
  private readonly logs: Entry[][] = Array.from({ length: SERVERS }, () => [])
  private readonly match = new Int32Array(SERVERS)
  private readonly serials = new Int32Array(CLIENTS)
  private readonly applied = new Int32Array(CLIENTS)
  private commit = 0
  sent = 0

  run(messages: number): void {
    this.wake(0, HEARTBEAT_US, { type: 'heartbeat' })
    for (let client = 0; client < CLIENTS; client++) this.ask(client)
    while (this.sent < messages) {
      const slot = this.heap.pop()
      const target = this.targets[slot]!
      const message = this.bodies[slot]!
      this.free.push(slot)
      this.hash.add(this.heap.atUs)
      this.hash.add(target)
      this.handle(target, message)
    }
  }

  private handle(target: number, message: Message): void {
    switch (message.type) {
      case 'request':
        this.onRequest(message.from, message.serial)
        break
      case 'append':
        this.onAppend(target, message.previous, message.entries)
        break
      case 'appended':
        this.onAppended(message.from, message.match)
        break
      case 'reply':
        this.onReply(target - SERVERS, message.serial)
        break
      case 'retry':
        if (this.serials[target - SERVERS] === message.serial) this.ask(target - SERVERS)
        break
      case 'heartbeat':
        this.broadcast()
        this.wake(0, HEARTBEAT_US, message)
        break
    }
  }

  private onRequest(client: number, serial: number): void {
    if (this.applied[client]! >= serial) {
      this.send(SERVERS + client, { type: 'reply', serial })
      return
    }
    this.logs[0]!.push({ client, serial })
    this.broadcast()
  }

  private broadcast(): void {
    for (let follower = 1; follower < SERVERS; follower++) {
      const previous = this.match[follower]!
      this.send(follower, {
        type: 'append',
        term: 1,
        previous,
        entries: this.logs[0]!.slice(previous),
        commit: this.commit,
      })
    }
  }

  private onAppend(follower: number, previous: number, entries: readonly Entry[]): void {
    const log = this.logs[follower]!
    if (log.length < previous) return
    for (let index = log.length - previous; index < entries.length; index++) log.push(entries[index]!)
    this.send(0, { type: 'appended', from: follower, match: previous + entries.length })
  }

  private onAppended(follower: number, match: number): void {
    if (match <= this.match[follower]!) return
    this.match[follower] = match
    const matches = [this.logs[0]!.length, this.match[1]!, this.match[2]!, this.match[3]!, this.match[4]!].sort(
      (a, b) => b - a,
    )
    for (; this.commit < matches[SERVERS >> 1]!; this.commit++) {
      const { client, serial } = this.logs[0]![this.commit]!
      this.applied[client] = serial
      this.send(SERVERS + client, { type: 'reply', serial })
    }
  }

  private onReply(client: number, serial: number): void {
    if (this.serials[client] !== serial) return
    this.serials[client]!++
    this.ask(client)
  }

  private ask(client: number): void {
    const serial = this.serials[client]!
    this.send(0, { type: 'request', from: client, serial })
    this.wake(SERVERS + client, RETRY_US, { type: 'retry', serial })
  }

  private send(target: number, message: Message): void {
    this.sent++
    if (this.random.next() >= LOSS * 4294967296) this.wake(target, bareLatencyUs(this.random), message)
  }

  private wake(target: number, afterUs: number, message: Message): void {
    const slot = this.free.pop()!
    this.targets[slot] = target
    this.bodies[slot] = message
    this.heap.push(this.heap.atUs + afterUs, slot)
  }
}

/** Carries out so many messages. */
export function bareRaft(messages: number): void {
  new BareRaft().run(messages)
}
