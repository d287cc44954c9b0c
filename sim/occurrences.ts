/**
 * Counts how often each 32-bit key was seen: which of several like messages on a link this one is. Open addressing,
 * key and count side by side in one typed array, as it is asked once for every message and memory is what it waits for.
 */
export class Occurrences {
  /** At even places the keys; behind each how often it was seen, 0 where the place is empty. */
  private table = new Int32Array(2048)
  private used = 0

  /** How often the key was seen before; counts this time. */
  next(key: number): number {
    const { table } = this
    const mask = table.length - 2
    let place = ((key ^ (key >>> 15)) << 1) & mask
    for (;;) {
      const seen = table[place + 1]!
      if (seen === 0) break
      if (table[place] === key) {
        table[place + 1] = seen + 1
        return seen
      }
      place = (place + 2) & mask
    }
    table[place] = key
    table[place + 1] = 1
    if (++this.used * 4 > table.length) this.grow()
    return 0
  }

  private grow(): void {
    const { table } = this
    const larger = new Int32Array(table.length * 4)
    const mask = larger.length - 2
    for (let from = 0; from < table.length; from += 2) {
      if (table[from + 1] === 0) continue
      const key = table[from]!
      let place = ((key ^ (key >>> 15)) << 1) & mask
      while (larger[place + 1] !== 0) place = (place + 2) & mask
      larger[place] = key
      larger[place + 1] = table[from + 1]!
    }
    this.table = larger
  }
}
