/** Numbers in a row, each of which can be set; finds the first in a range that is below a bound. */
export class Minima {
  private readonly leaves: number
  private readonly least: Float64Array

  /** All are infinite at first. */
  constructor(count: number) {
    this.leaves = powerOfTwoFrom(count)
    this.least = new Float64Array(2 * this.leaves).fill(Infinity)
  }

  set(index: number, value: number): void {
    let node = this.leaves + index
    this.least[node] = value
    for (node >>= 1; node >= 1; node >>= 1) {
      this.least[node] = Math.min(this.least[2 * node]!, this.least[2 * node + 1]!)
    }
  }

  at(index: number): number {
    return this.least[this.leaves + index]!
  }

  /** The first index from `from`, before `to`; -1 where there is none. */
  firstBelow(bound: number, from: number, to: number): number {
    let node = this.leaves + from
    // Upwards to the right, until a subtree that has one; then down to its leftmost.
    while (this.least[node]! >= bound) {
      while ((node & 1) === 1) node >>= 1
      if (node === 0) return -1
      node += 1
    }
    while (node < this.leaves) node = 2 * node + (this.least[2 * node]! < bound ? 0 : 1)
    return node - this.leaves < to ? node - this.leaves : -1
  }
}

/** How often each place of a row is covered by ranges that are laid on it and taken off again. */
export class Coverage {
  private readonly leaves: number
  /** By how much a subtree as a whole is covered, and the least that its children add. */
  private readonly whole: Int32Array
  private readonly least: Int32Array

  constructor(count: number) {
    this.leaves = powerOfTwoFrom(count)
    this.whole = new Int32Array(2 * this.leaves)
    this.least = new Int32Array(2 * this.leaves)
  }

  /** Adds `times` to the places from `from` on, before `to`. */
  cover(from: number, to: number, times: 1 | -1): void {
    this.coverWithin(1, 0, this.leaves, from, to, times)
  }

  /** The first place from `from` on, before `to`, that nothing covers; -1 where there is none. */
  firstBare(from: number, to: number): number {
    return this.firstBareWithin(1, 0, this.leaves, from, to)
  }

  private coverWithin(node: number, begin: number, end: number, from: number, to: number, times: number): void {
    if (from >= end || to <= begin) return
    if (from <= begin && end <= to) {
      this.whole[node]! += times
      return
    }
    const middle = (begin + end) >> 1
    this.coverWithin(2 * node, begin, middle, from, to, times)
    this.coverWithin(2 * node + 1, middle, end, from, to, times)
    this.least[node] = Math.min(this.total(2 * node), this.total(2 * node + 1))
  }

  private firstBareWithin(node: number, begin: number, end: number, from: number, to: number): number {
    if (from >= end || to <= begin || this.total(node) > 0) return -1
    if (end - begin === 1) return begin
    const middle = (begin + end) >> 1
    const left = this.firstBareWithin(2 * node, begin, middle, from, to)
    return left === -1 ? this.firstBareWithin(2 * node + 1, middle, end, from, to) : left
  }

  private total(node: number): number {
    return this.whole[node]! + this.least[node]!
  }
}

function powerOfTwoFrom(count: number): number {
  let power = 1
  while (power < count) power *= 2
  return power
}
