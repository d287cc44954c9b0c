/**
 * A list of small numbers with one number for the whole of it, which two lists share exactly where they are equal. To
 * ask for it after a few changes costs a few looks into a table, however long the list is: the numbers stand at the
 * leaves of a tree, and each pair of neighbours has a number of its own, up to the root.
 */
export class Configuration {
  readonly length: number
  /** Numbers of pairs: those that were seen at all, as one table for the whole tree. */
  private readonly pairs = new Map<number, number>()
  private readonly tree: Int32Array
  private readonly leaves: number
  /** Places that changed since the whole was asked for; all of them may have where there are too many. */
  private changed: number[] = []
  private allChanged = true

  constructor(length: number) {
    this.length = length
    let leaves = 1
    while (leaves < length) leaves *= 2
    this.leaves = leaves
    this.tree = new Int32Array(2 * leaves)
  }

  get whole(): number {
    if (this.allChanged) for (let parent = this.leaves - 1; parent > 0; parent--) this.renumber(parent)
    else {
      for (const place of this.changed) {
        for (let parent = (this.leaves + place) >> 1; parent > 0; parent >>= 1) this.renumber(parent)
      }
    }
    this.changed = []
    this.allChanged = false
    return this.tree[1]!
  }

  at(place: number): number {
    return this.tree[this.leaves + place]!
  }

  set(place: number, value: number): void {
    this.tree[this.leaves + place] = value
    if (this.allChanged) return
    this.changed.push(place)
    this.allChanged = this.changed.length > this.leaves
  }

  private renumber(parent: number): void {
    const key = this.tree[2 * parent]! * RADIX + this.tree[2 * parent + 1]!
    const known = this.pairs.get(key)
    if (known !== undefined) {
      this.tree[parent] = known
      return
    }
    this.tree[parent] = this.pairs.size
    this.pairs.set(key, this.pairs.size)
  }
}

/** Above all numbers of pairs; the square is still exact. */
const RADIX = 67_108_864
