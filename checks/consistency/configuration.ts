/**
 * A list of small numbers with one number for the whole of it, which two lists share exactly where they are equal. A
 * change of one number costs a few looks into a table, however long the list is: numbers stand at the leaves of a
 * tree, and each pair of neighbours has a number of its own, up to the root.
 */
export class Configuration {
  readonly length: number
  /** Numbers of pairs: those that were seen at all, as one table for the whole tree. */
  private readonly pairs = new Map<number, number>()
  private readonly tree: Int32Array
  private readonly leaves: number

  constructor(length: number) {
    this.length = length
    let leaves = 1
    while (leaves < length) leaves *= 2
    this.leaves = leaves
    this.tree = new Int32Array(2 * leaves)
    for (let parent = leaves - 1; parent > 0; parent--) this.renumber(parent)
  }

  get whole(): number {
    return this.tree[1]!
  }

  at(place: number): number {
    return this.tree[this.leaves + place]!
  }

  set(place: number, value: number): void {
    this.tree[this.leaves + place] = value
    for (let parent = (this.leaves + place) >> 1; parent > 0; parent >>= 1) this.renumber(parent)
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
