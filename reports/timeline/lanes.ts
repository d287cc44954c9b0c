import type { TimelineFile } from './data.ts'

/*
 * This file runs in the browser: its functions are written into the page as they are. So they use nothing but each
 * other and what they are given.
 */

/** Where a file's operations stand: a lane a process, and along it places in time or in the order of all ends. */
export interface Lanes {
  readonly lanes: readonly { readonly name: string; readonly rows: readonly number[] }[]
  /** By row; the places of operations that are left out don't matter. */
  readonly from: Float64Array
  readonly to: Float64Array
  /** The lane of each row, -1 for one that is left out. */
  readonly laneOf: Int32Array
  readonly first: number
  readonly last: number
}

/**
 * @param key only the operations of this key and of none; all where it is -1.
 * @param core operations whose lanes come first.
 */
export function lanesOf(file: TimelineFile, key: number, byTime: boolean, core: readonly number[]): Lanes {
  const { operations, processes } = file
  const shown = operations.process.map((_, row) => row).filter((row) => isShown(file, row, key))
  const laneOf = new Int32Array(operations.process.length).fill(-1)
  const numberOf = new Map<number, number>()
  const lanes: { readonly name: string; readonly rows: number[] }[] = []
  const laneFor = (row: number): number => {
    const process = operations.process[row]!
    let number = numberOf.get(process)
    if (number === undefined) {
      number = lanes.length
      numberOf.set(process, number)
      lanes.push({ name: processes[process]!, rows: [] })
    }
    return number
  }
  for (const row of core) laneFor(row)
  for (const row of shown) {
    const number = laneFor(row)
    laneOf[row] = number
    lanes[number]!.rows.push(row)
  }
  return { lanes, laneOf, ...(byTime ? placesInTime(file, shown) : placesInOrder(file, shown)) }
}

export function isShown(file: TimelineFile, row: number, key: number): boolean {
  const own = file.operations.key[row]!
  return key === -1 || own === -1 || own === key
}

export function isOpen(file: TimelineFile, row: number): boolean {
  return file.operations.to[row] === null || file.operations.outcome[row] === 'info'
}

export function placesInTime(file: TimelineFile, shown: readonly number[]) {
  const { operations } = file
  const from = new Float64Array(operations.from)
  const to = new Float64Array(from.length)
  let first = Infinity
  let last = -Infinity
  for (const row of shown) {
    first = Math.min(first, from[row]!)
    last = Math.max(last, operations.to[row] ?? from[row]!)
  }
  for (const row of shown) to[row] = isOpen(file, row) ? Infinity : operations.to[row]!
  return { from, to, first, last: Math.max(last, first + 1e-6) }
}

export function placesInOrder(file: TimelineFile, shown: readonly number[]) {
  const { operations } = file
  const ends = shown.flatMap((row) => (isOpen(file, row) ? [2 * row] : [2 * row, 2 * row + 1]))
  const time = (end: number) => (end % 2 === 0 ? operations.from[end >> 1]! : operations.to[end >> 1]!)
  const event = (end: number) => (end % 2 === 0 ? operations.fromEvent[end >> 1]! : operations.toEvent[end >> 1]!)
  ends.sort((left, right) => time(left) - time(right) || event(left) - event(right) || (left % 2) - (right % 2))
  const from = new Float64Array(operations.from.length)
  const to = new Float64Array(operations.from.length).fill(Infinity)
  ends.forEach((end, place) => {
    if (end % 2 === 0) from[end >> 1] = place
    else to[end >> 1] = place
  })
  return { from, to, first: 0, last: Math.max(1, ends.length - 1) }
}

/**
 * A moment for each operation of an order, within its bar and after those before it: the earliest there is.
 *
 * @returns by row; NaN where a row has none.
 */
export function pointsOf(orders: readonly (readonly number[])[], { from, to }: Lanes): Float64Array {
  const points = new Float64Array(from.length).fill(Number.NaN)
  for (const order of orders) {
    let latest = -Infinity
    for (const row of order) {
      latest = Math.min(Math.max(latest, from[row]!), to[row]!)
      points[row] = latest
    }
  }
  return points
}

/** The row whose bar is nearest to a place on a lane, no farther than `reach`; -1 where there is none. */
export function rowAt(lanes: Lanes, lane: number, place: number, reach: number): number {
  const rows = lanes.lanes[lane]?.rows ?? []
  let index = firstAfter(lanes, rows, place + reach) - 1
  let best = -1
  let least = reach
  // A bar that is open runs under all that come later.
  for (let tries = 0; index >= 0 && tries < 64; index--, tries++) {
    const row = rows[index]!
    const distance = Math.max(lanes.from[row]! - place, place - lanes.to[row]!, 0)
    if (distance < least || (distance === least && best === -1)) {
      best = row
      least = distance
      if (distance === 0) break
    }
  }
  return best
}

/** The first of the rows that begins after a place. */
export function firstAfter({ from }: Lanes, rows: readonly number[], place: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (from[rows[middle]!]! > place) high = middle
    else low = middle + 1
  }
  return low
}

/** Written into the page. */
export const LANE_FUNCTIONS = [lanesOf, isShown, isOpen, placesInTime, placesInOrder, pointsOf, rowAt, firstAfter]
