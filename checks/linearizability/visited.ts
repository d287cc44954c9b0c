import type { Used } from './used.ts'

/**
 * Configurations that a search has been to. One is a row of 32-bit integers: first which crashed operations it has used
 * up, then a key, which is compared exactly. One that has used no more of any kind can do all that another with the
 * same key can, so the other need not be looked at.
 */
export class Visited {
  private readonly used: Used
  private readonly words: number
  private rows: Int32Array
  private next: Int32Array
  private heads: Int32Array
  private count = 0

  /** @param words how long a row is. */
  constructor(words: number, used: Used) {
    this.words = words
    this.used = used
    this.rows = new Int32Array(FIRST_CAPACITY * this.words)
    this.next = new Int32Array(FIRST_CAPACITY)
    this.heads = new Int32Array(2 * FIRST_CAPACITY)
  }

  /** False where the row at `offset`, or one at least as good, has been added before. */
  add(source: Int32Array, offset: number): boolean {
    if (this.count === this.next.length) this.grow()
    const bucket = hash(source, offset, this.words) & (this.heads.length - 1)
    for (let row = this.heads[bucket]!; row !== 0; row = this.next[row - 1]!) {
      if (this.covers((row - 1) * this.words, source, offset)) return false
    }
    const start = this.count * this.words
    for (let word = 0; word < this.words; word++) this.rows[start + word] = source[offset + word]!
    this.next[this.count] = this.heads[bucket]!
    this.heads[bucket] = ++this.count
    return true
  }

  private covers(start: number, source: Int32Array, offset: number): boolean {
    const { rows, words } = this
    for (let word = 1; word < words; word++) if (rows[start + word] !== source[offset + word]) return false
    return this.used.isWithin(rows[start]!, source[offset]!)
  }

  private grow(): void {
    const capacity = 2 * this.next.length
    const rows = new Int32Array(capacity * this.words)
    rows.set(this.rows)
    this.rows = rows
    this.next = new Int32Array(capacity)
    this.heads = new Int32Array(2 * capacity)
    for (let row = 0; row < this.count; row++) {
      const bucket = hash(rows, row * this.words, this.words) & (this.heads.length - 1)
      this.next[row] = this.heads[bucket]!
      this.heads[bucket] = row + 1
    }
  }
}

/** A power of two. */
const FIRST_CAPACITY = 32

/** Of the key alone. */
function hash(words: Int32Array, offset: number, count: number): number {
  let mixed = 0
  for (let word = 1; word < count; word++) {
    mixed = Math.imul(mixed ^ words[offset + word]!, 0x9e3779b1)
    mixed ^= mixed >>> 15
  }
  return mixed
}
