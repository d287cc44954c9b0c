import type { Entry } from '../entry.ts'
import { INITIAL, NOBODY } from './reads-from.ts'
import type { ReadsFrom } from './reads-from.ts'

/**
 * Operations that follow on one another in every order: a write, those that read its value, the compare and set that
 * found it, those that read what that one wrote, and so on. No other write fits in between.
 */
export interface Block {
  /** Whose write it begins with; INITIAL for the value that was there before any operation. */
  readonly root: number
  /** When the first of its operations returned, and which that is. */
  readonly firstReturn: number
  readonly firstReturned: number
  /** When the last of its operations was invoked, and which that is. */
  readonly lastInvocation: number
  readonly lastInvoked: number
}

/** Who follows on whom. Arrays have one element for the initial value, and then one for each operation. */
interface Successors {
  /** Who found its value and wrote another; NOBODY where nobody did. */
  readonly update: Int32Array
  /** The first of those who found its value and wrote none. */
  readonly firstRead: Int32Array
  /** Of one who read, the next who read the same. */
  readonly nextRead: Int32Array
  /** Writers that found no value. */
  readonly roots: readonly number[]
  /** Two who both found one value and wrote another; empty where there are none. */
  readonly rivals: readonly number[]
}

export interface Blocks {
  readonly list: readonly Block[]
  /** Operations that contradict each other within a block; empty where every block is sound. */
  readonly conflict: readonly number[]
  /** A block's operations in its order: each value's writer, and then its readers in the order of their invocation. */
  readonly operationsOf: (block: Block) => readonly number[]
}

/** All that certainly took effect and is not loose, in blocks. */
export function blocksOf(entries: readonly Entry[], readsFrom: ReadsFrom): Blocks {
  const successors = successorsOf(readsFrom)
  const operationsOf = ({ root }: Block) => operationsFrom(root, successors)
  if (successors.rivals.length > 0) return { list: [], conflict: successors.rivals, operationsOf }
  const list: Block[] = []
  const reached = new Uint8Array(entries.length)
  for (const root of [INITIAL, ...successors.roots]) {
    const operations = operationsFrom(root, successors)
    for (const operation of operations) reached[operation] = 1
    const conflict = outOfOrder(operations, entries)
    if (conflict !== undefined) return { list, conflict, operationsOf }
    list.push(spanOf(root, operations, entries))
  }
  // Each stands on another: updates that go round in a circle.
  const onCircle = reached.findIndex((isReached, operation) => isReached === 0 && isPart(operation, readsFrom))
  return { list, conflict: onCircle === -1 ? [] : [onCircle], operationsOf }
}

function isPart(operation: number, { certain, source, writes }: ReadsFrom): boolean {
  return certain[operation] === 1 && (writes[operation] === 1 || source[operation] !== NOBODY)
}

function successorsOf(readsFrom: ReadsFrom): Successors {
  const { source, writes } = readsFrom
  const update = new Int32Array(source.length + 1).fill(NOBODY)
  const firstRead = update.slice()
  const nextRead = update.slice()
  const roots: number[] = []
  let rivals: number[] = []
  for (let operation = source.length - 1; operation >= 0; operation--) {
    if (!isPart(operation, readsFrom)) continue
    const found = source[operation]! + 1
    if (source[operation] === NOBODY) {
      roots.push(operation)
    } else if (writes[operation] === 0) {
      nextRead[operation + 1] = firstRead[found]!
      firstRead[found] = operation
    } else {
      if (update[found] !== NOBODY) rivals = [operation, update[found]!]
      update[found] = operation
    }
  }
  return { update, firstRead, nextRead, roots: roots.reverse(), rivals }
}

function operationsFrom(root: number, { update, firstRead, nextRead }: Successors): number[] {
  const operations: number[] = []
  for (let writer = root; writer !== NOBODY; writer = update[writer + 1]!) {
    if (writer !== INITIAL) operations.push(writer)
    for (let reader = firstRead[writer + 1]!; reader !== NOBODY; reader = nextRead[reader + 1]!) operations.push(reader)
  }
  return operations
}

/**
 * Two operations of a block of which the first in the block's order was invoked when the second had returned. Readers of
 * one value are in the order of their invocation, so that they never contradict each other.
 */
function outOfOrder(operations: readonly number[], entries: readonly Entry[]): readonly number[] | undefined {
  let earliest = NOBODY
  for (let place = operations.length - 1; place >= 0; place--) {
    const operation = operations[place]!
    if (earliest !== NOBODY && entries[earliest]!.returned < entries[operation]!.invoked) return [operation, earliest]
    if (earliest === NOBODY || entries[operation]!.returned < entries[earliest]!.returned) earliest = operation
  }
  return undefined
}

function spanOf(root: number, operations: readonly number[], entries: readonly Entry[]): Block {
  const isInitial = root === INITIAL
  const block = {
    root,
    firstReturn: isInitial ? AT_FIRST : Infinity,
    firstReturned: INITIAL,
    lastInvocation: isInitial ? BEFORE_ALL : -Infinity,
    lastInvoked: INITIAL,
  }
  for (const operation of operations) {
    const { invoked, returned } = entries[operation]!
    if (returned < block.firstReturn) {
      block.firstReturn = returned
      block.firstReturned = operation
    }
    if (invoked > block.lastInvocation) {
      block.lastInvocation = invoked
      block.lastInvoked = operation
    }
  }
  return block
}

/** The initial value was written before the rank of any invocation. */
const BEFORE_ALL = -2
const AT_FIRST = -1
