/**
 * Counts how often each 32-bit key was seen: which of several like messages on a link this one is. Open addressing in
 * typed arrays, as it is asked once for every message.
 */
export class Occurrences {
  private keys = new Int32Array(1024)
  /** One more than the times seen, so that 0 marks an empty place. */
  private counts = new Int32Array(1024)
  private used = 0

  /** How often the key was seen before; counts this time. */
  next(key: number): number {
    const mask = this.keys.length - 1
    let place = (key ^ (key >>> 15)) & mask
    while (this.counts[place] !== 0) {
      if (this.keys[place] === key) return this.counts[place]!++
      place = (place + 1) & mask
    }
    this.keys[place] = key
    this.counts[place] = 1
    if (++this.used * 2 > this.keys.length) this.grow()
    return 0
  }

  private grow(): void {
    const { keys, counts } = this
    this.keys = new Int32Array(keys.length * 2)
    this.counts = new Int32Array(keys.length * 2)
    const mask = this.keys.length - 1
    for (let from = 0; from < keys.length; from++) {
      if (counts[from] === 0) continue
      let place = (keys[from]! ^ (keys[from]! >>> 15)) & mask
      while (this.counts[place] !== 0) place = (place + 1) & mask
      this.keys[place] = keys[from]!
      this.counts[place] = counts[from]!
    }
  }
}
