/** Items by deadline, the earliest first, and those of one deadline in the order they were put in: a binary heap. */
export class Deadlines<Item> {
  private readonly heap: { readonly at: number; readonly order: number; readonly item: Item }[] = []
  private puts = 0

  /** The earliest deadline; Infinity where there is none. */
  get next(): number {
    return this.heap.length === 0 ? Infinity : this.heap[0]!.at
  }

  put(at: number, item: Item): void {
    const { heap } = this
    heap.push({ at, order: this.puts++, item })
    for (let place = heap.length - 1; place > 0;) {
      const parent = (place - 1) >> 1
      if (!this.isBefore(place, parent)) break
      this.swap(place, parent)
      place = parent
    }
  }

  /** Takes out the earliest; there must be one. */
  take(): Item {
    const { heap } = this
    const { item } = heap[0]!
    const last = heap.pop()!
    if (heap.length > 0) {
      heap[0] = last
      this.sink()
    }
    return item
  }

  private sink(): void {
    for (let place = 0; ;) {
      const left = 2 * place + 1
      if (left >= this.heap.length) return
      const child = left + 1 < this.heap.length && this.isBefore(left + 1, left) ? left + 1 : left
      if (!this.isBefore(child, place)) return
      this.swap(child, place)
      place = child
    }
  }

  private isBefore(a: number, b: number): boolean {
    const one = this.heap[a]!
    const other = this.heap[b]!
    return one.at < other.at || (one.at === other.at && one.order < other.order)
  }

  private swap(a: number, b: number): void {
    const { heap } = this
    const kept = heap[a]!
    heap[a] = heap[b]!
    heap[b] = kept
  }
}
