/** What an event is; the values are part of the trace hash. */
export const EventKind = {
  deliver: 1,
  timer: 2,
  start: 3,
  synced: 4,
  fault: 5,
  heal: 6,
  calm: 7,
  stream: 8,
  peerUp: 9,
  peerDown: 10,
  resume: 11,
  probe: 12,
} as const

/**
 * Pending events in the order of (time, sequence): a binary heap in typed arrays, with the payload in pooled columns,
 * so that pushing and popping allocate nothing. A slot names an event from push until `free`.
 */
export class EventQueue {
  private times = new Float64Array(256)
  private sequences = new Uint32Array(256)
  private slots = new Int32Array(256)
  private size = 0
  private nextSequence = 0

  kind = new Uint8Array(256)
  /** Where it happens: the index of a node. */
  node = new Int32Array(256)
  /** The incarnation it is meant for; 0 for any. */
  incarnation = new Int32Array(256)
  /** Sender or peer. */
  peer = new Int32Array(256)
  /** The number of the message, the generation of the timer, the epoch of the connection. */
  number = new Int32Array(256)
  /** The event it comes from. */
  cause = new Int32Array(256)
  /** 1 where a slow process has put it off once. */
  delayed = new Uint8Array(256)
  body: unknown[] = Array.from({ length: 256 })
  private freeSlots: number[] = []
  private slotCount = 0

  /** The time of the last event popped, in microseconds. */
  poppedAtUs = 0

  get length(): number {
    return this.size
  }

  /** The time of the next event, in microseconds; Infinity where there is none. */
  get nextAtUs(): number {
    return this.size === 0 ? Infinity : this.times[0]!
  }

  push(
    atUs: number,
    kind: number,
    node: number,
    incarnation: number,
    peer: number,
    number: number,
    cause: number,
    body: unknown,
  ): void {
    const slot = this.freeSlots.pop() ?? this.newSlot()
    this.kind[slot] = kind
    this.node[slot] = node
    this.incarnation[slot] = incarnation
    this.peer[slot] = peer
    this.number[slot] = number
    this.cause[slot] = cause
    this.delayed[slot] = 0
    this.body[slot] = body
    this.pushSlot(atUs, slot)
  }

  /** Puts a popped slot, not yet freed, back at another time. */
  pushSlot(atUs: number, slot: number): void {
    if (this.size === this.times.length) this.growHeap()
    const { times, sequences, slots } = this
    const sequence = this.nextSequence++
    let hole = this.size++
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      // The new event has the highest sequence: at equal times it stays below.
      if (times[parent]! <= atUs) break
      times[hole] = times[parent]!
      sequences[hole] = sequences[parent]!
      slots[hole] = slots[parent]!
      hole = parent
    }
    times[hole] = atUs
    sequences[hole] = sequence
    slots[hole] = slot
  }

  /** The slot of the next event; the queue must not be empty. */
  pop(): number {
    const { times, sequences, slots } = this
    const top = slots[0]!
    this.poppedAtUs = times[0]!
    const size = --this.size
    const time = times[size]!
    const sequence = sequences[size]!
    const slot = slots[size]!
    let hole = 0
    let child = 1
    while (child < size) {
      const right = child + 1
      if (right < size && this.precedes(right, child)) child = right
      if (time < times[child]! || (time === times[child]! && sequence < sequences[child]!)) break
      times[hole] = times[child]!
      sequences[hole] = sequences[child]!
      slots[hole] = slots[child]!
      hole = child
      child = 2 * hole + 1
    }
    times[hole] = time
    sequences[hole] = sequence
    slots[hole] = slot
    return top
  }

  /** Whether the event at one place of the heap comes before the one at another. */
  private precedes(one: number, other: number): boolean {
    const earlier = this.times[one]! - this.times[other]!
    return earlier < 0 || (earlier === 0 && this.sequences[one]! < this.sequences[other]!)
  }

  free(slot: number): void {
    this.body[slot] = undefined
    this.freeSlots.push(slot)
  }

  private newSlot(): number {
    const slot = this.slotCount++
    if (slot === this.kind.length) this.growColumns()
    return slot
  }

  private growHeap(): void {
    this.times = grown(this.times, Float64Array)
    this.sequences = grown(this.sequences, Uint32Array)
    this.slots = grown(this.slots, Int32Array)
  }

  private growColumns(): void {
    this.kind = grown(this.kind, Uint8Array)
    this.delayed = grown(this.delayed, Uint8Array)
    this.node = grown(this.node, Int32Array)
    this.incarnation = grown(this.incarnation, Int32Array)
    this.peer = grown(this.peer, Int32Array)
    this.number = grown(this.number, Int32Array)
    this.cause = grown(this.cause, Int32Array)
  }
}

interface Column {
  readonly length: number
  set(other: this): void
}

function grown<T extends Column>(column: T, make: new (length: number) => T): T {
  const larger = new make(column.length * 2)
  larger.set(column)
  return larger
}
