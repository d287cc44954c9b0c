/** Kinds are numbered below it, and a pair of numbers below 2^53. */
const MOST_KINDS = 0x1000000

/**
 * Which crashed operations a configuration has used up: how many of each kind. Each such collection has a number, from
 * 0 for none, so that a configuration holds one word of it, however many kinds there are.
 */
export class Used {
  /** The kinds in a collection, in order, each as often as it was used. */
  private readonly collections: (readonly number[])[] = [[]]
  private readonly numbers = new Map<string, number>([['', 0]])
  private readonly more = new Map<number, number>()

  /** The collection with one more of this kind. */
  with(collection: number, kind: number): number {
    const way = collection * MOST_KINDS + kind
    const known = this.more.get(way)
    if (known !== undefined) return known
    const kinds = withOne(this.collections[collection]!, kind)
    const text = kinds.join()
    const number = this.numbers.get(text) ?? this.collections.push(kinds) - 1
    this.numbers.set(text, number)
    this.more.set(way, number)
    return number
  }

  /** How many of this kind are in it. */
  count(collection: number, kind: number): number {
    if (collection === 0) return 0
    let count = 0
    const kinds = this.collections[collection]!
    for (let place = 0; place < kinds.length; place++) if (kinds[place] === kind) count += 1
    return count
  }

  /** True where `left` has no more of any kind than `right`. */
  isWithin(left: number, right: number): boolean {
    if (left === right || left === 0) return true
    const few = this.collections[left]!
    const many = this.collections[right]!
    let at = 0
    for (let place = 0; place < few.length; place++) {
      const kind = few[place]!
      while (at < many.length && many[at]! < kind) at += 1
      if (many[at] !== kind) return false
      at += 1
    }
    return true
  }
}

/** The kinds, which are in order, with one more in its place. */
function withOne(kinds: readonly number[], kind: number): number[] {
  const more: number[] = []
  let place = 0
  while (place < kinds.length && kinds[place]! <= kind) more.push(kinds[place++]!)
  more.push(kind)
  while (place < kinds.length) more.push(kinds[place++]!)
  return more
}
