/**
 * The numbers 0 to `count` - 1 in the order of their keys, those with equal keys as they are. Keys are whole numbers of
 * at least 0; multiplied by the count, they must be exact. A sort of plain numbers is several times faster than one that
 * compares by a function.
 */
export function numbersBy(count: number, key: (number: number) => number): Int32Array {
  const packed = new Float64Array(count)
  for (let number = 0; number < count; number++) packed[number] = key(number) * count + number
  packed.sort()
  const numbers = new Int32Array(count)
  for (let place = 0; place < count; place++) numbers[place] = packed[place]! % count
  return numbers
}

/** A copy in the order of such keys. */
export function sortedBy<Item>(items: readonly Item[], key: (item: Item) => number): Item[] {
  const numbers = numbersBy(items.length, (number) => key(items[number]!))
  const sorted: Item[] = []
  for (let place = 0; place < numbers.length; place++) sorted.push(items[numbers[place]!]!)
  return sorted
}
