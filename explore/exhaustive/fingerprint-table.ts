import type { Fingerprint } from './fingerprint.ts'

const FIRST_SLOTS = 1 << 12
const FULL_AT = 0.6

/**
 * Fingerprints, each with a number: 0 for the first, then counting. Open addressing with two 32-bit words a slot, as a
 * search of millions of states has no room for an object each.
 */
export class FingerprintTable {
  size = 0
  private a = new Uint32Array(FIRST_SLOTS)
  private b = new Uint32Array(FIRST_SLOTS)
  /** One more than the number; 0 where the slot is free. */
  private numbers = new Uint32Array(FIRST_SLOTS)

  /** The number of a fingerprint; −1 where it is not there. */
  find({ a, b }: Fingerprint): number {
    return this.numbers[this.slotOf(a, b)]! - 1
  }

  /** Adds a fingerprint that is not there yet, and returns its number. */
  add({ a, b }: Fingerprint): number {
    if (this.size >= this.numbers.length * FULL_AT) this.grow()
    const slot = this.slotOf(a, b)
    this.a[slot] = a
    this.b[slot] = b
    this.numbers[slot] = ++this.size
    return this.size - 1
  }

  private slotOf(a: number, b: number): number {
    const mask = this.numbers.length - 1
    let slot = (a ^ (b >>> 7)) & mask
    while (this.numbers[slot] !== 0 && (this.a[slot] !== a || this.b[slot] !== b)) slot = (slot + 1) & mask
    return slot
  }

  private grow(): void {
    const { a, b, numbers } = this
    const slots = numbers.length * 2
    this.a = new Uint32Array(slots)
    this.b = new Uint32Array(slots)
    this.numbers = new Uint32Array(slots)
    for (let old = 0; old < numbers.length; old++) {
      if (numbers[old] === 0) continue
      const slot = this.slotOf(a[old]!, b[old]!)
      this.a[slot] = a[old]!
      this.b[slot] = b[old]!
      this.numbers[slot] = numbers[old]!
    }
  }
}
