/**
 * What JavaScript can do at all: a loop over a heap of events with latency, loss and a hash, and nothing else. No
 * context, no faults, no keyed decisions, no trace. The simulator's figures are set against it in the same run.
 */

/** Events as numbers in the order of (time, sequence), as the simulator's queue has them. */
export class BareHeap {
  private readonly times: Float64Array
  private readonly sequences: Uint32Array
  private readonly items: Int32Array
  private size = 0
  private sequence = 0
  /** Of the last event popped. */
  atUs = 0

  constructor(capacity: number) {
    this.times = new Float64Array(capacity)
    this.sequences = new Uint32Array(capacity)
    this.items = new Int32Array(capacity)
  }

  get length(): number {
    return this.size
  }

  push(atUs: number, item: number): void {
    const { times, sequences, items } = this
    let hole = this.size++
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (times[parent]! <= atUs) break
      times[hole] = times[parent]!
      sequences[hole] = sequences[parent]!
      items[hole] = items[parent]!
      hole = parent
    }
    times[hole] = atUs
    sequences[hole] = this.sequence++
    items[hole] = item
  }

  pop(): number {
    const { times, sequences, items } = this
    const top = items[0]!
    this.atUs = times[0]!
    const size = --this.size
    const time = times[size]!
    const sequence = sequences[size]!
    const item = items[size]!
    let hole = 0
    for (let child = 1; child < size; child = 2 * hole + 1) {
      const right = child + 1
      if (right < size && this.isBefore(times[right]!, sequences[right]!, child)) child = right
      if (this.isBefore(time, sequence, child)) break
      times[hole] = times[child]!
      sequences[hole] = sequences[child]!
      items[hole] = items[child]!
      hole = child
    }
    times[hole] = time
    sequences[hole] = sequence
    items[hole] = item
    return top
  }

  private isBefore(time: number, sequence: number, place: number): boolean {
    const other = this.times[place]!
    return time < other || (time === other && sequence < this.sequences[place]!)
  }
}

/** Marsaglia's xorshift (2003), 32 bits. */
export class BareRandom {
  private state = 0x9e3779b9

  next(): number {
    let x = this.state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.state = x
    return x >>> 0
  }

  below(limit: number): number {
    return this.next() % limit
  }
}

/** FNV-1a over whole numbers. */
export class BareHash {
  value = 0x811c9dc5

  add(number: number): void {
    this.value = Math.imul(this.value ^ number, 0x01000193)
  }
}

/** 1 to 10 ms. */
export function bareLatencyUs(random: BareRandom): number {
  return 1000 + random.below(9001)
}
