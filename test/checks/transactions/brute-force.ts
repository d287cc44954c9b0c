import type { MicroOperation, TransactionHistory } from '../../../checks/transactions/transaction.ts'

type Operation = TransactionHistory[number]
type State = ReadonlyMap<unknown, unknown>

/** Every order of every choice of transactions that holds all that ended ok, and none that failed. */
function everyOrder(
  history: TransactionHistory,
  mayFollow: (operation: Operation, rest: readonly Operation[]) => boolean,
  accepts: (order: readonly Operation[]) => boolean,
): boolean {
  const extend = (order: readonly Operation[], rest: readonly Operation[]): boolean => {
    if (!accepts(order)) return false
    if (rest.every(({ outcome }) => outcome !== 'ok')) return true
    return rest.some((next) => {
      const others = rest.filter((other) => other !== next)
      return mayFollow(next, others) && extend([...order, next], others)
    })
  }
  return extend(
    [],
    history.filter(({ outcome }) => outcome !== 'fail'),
  )
}

/** The definition: is there an order in which the transactions, one after the other, find what they found? */
export function isSerializable(history: TransactionHistory): boolean {
  return everyOrder(history, () => true, runsInOrder)
}

/** The same, in an order that keeps to what had returned before what was invoked. */
export function isStrictSerializable(history: TransactionHistory): boolean {
  const isFirst = (next: Operation, rest: readonly Operation[]): boolean =>
    rest.every(({ outcome, returnedAtMs }) => outcome !== 'ok' || returnedAtMs >= next.invokedAtMs)
  return everyOrder(history, isFirst, runsInOrder)
}

/** The same, in an order that keeps to that of each process alone. */
export function isSessionSerializable(history: TransactionHistory): boolean {
  const isFirst = (next: Operation, rest: readonly Operation[]): boolean =>
    rest.every(({ process, invokedAtMs }) => process !== next.process || invokedAtMs > next.invokedAtMs)
  return everyOrder(history, isFirst, runsInOrder)
}

function runsInOrder(order: readonly Operation[]): boolean {
  let state: State | undefined = new Map()
  for (const operation of order) state = state && run(operation, state)
  return state !== undefined
}

/**
 * The definition of generalized snapshot isolation: can each transaction be given a place where it read and a later one
 * where it wrote, so that no two that write the same key overlap?
 */
export function isSnapshotIsolated(history: TransactionHistory): boolean {
  const place = (started: readonly Operation[], done: ReadonlySet<Operation>, world: Snapshots): boolean => {
    const rest = history.filter((operation) => operation.outcome !== 'fail' && !started.includes(operation))
    const open = started.filter((operation) => !done.has(operation))
    if (rest.every(({ outcome }) => outcome !== 'ok') && open.length === 0) return true
    const commits = open.some((operation) => {
      const isConflict = keysWritten(operation).some(
        (key) => (world.writtenAt.get(key) ?? -1) >= world.startOf(operation),
      )
      return !isConflict && place(started, new Set([...done, operation]), world.commit(operation))
    })
    if (commits) return true
    return rest.some((operation) => {
      const after = run(operation, world.state)
      return after !== undefined && place([...started, operation], done, world.start(operation))
    })
  }
  return place([], new Set(), new Snapshots(new Map(), 0, new Map(), new Map()))
}

class Snapshots {
  readonly state: State
  readonly writtenAt: ReadonlyMap<unknown, number>
  private readonly commits: number
  private readonly starts: ReadonlyMap<Operation, number>

  constructor(
    state: State,
    commits: number,
    writtenAt: ReadonlyMap<unknown, number>,
    starts: ReadonlyMap<Operation, number>,
  ) {
    this.state = state
    this.commits = commits
    this.writtenAt = writtenAt
    this.starts = starts
  }

  startOf(operation: Operation): number {
    return this.starts.get(operation)!
  }

  start(operation: Operation): Snapshots {
    return new Snapshots(this.state, this.commits, this.writtenAt, new Map([...this.starts, [operation, this.commits]]))
  }

  commit(operation: Operation): Snapshots {
    const writes = (operation.output ?? operation.input).filter(([action]) => action !== 'r')
    const state = writes.reduce<State>((before, micro) => apply(micro, before), this.state)
    const writtenAt = new Map([...this.writtenAt, ...writes.map(([, key]) => [key, this.commits] as const)])
    return new Snapshots(state, this.commits + 1, writtenAt, this.starts)
  }
}

function keysWritten({ input }: Operation): readonly unknown[] {
  return input.filter(([action]) => action !== 'r').map(([, key]) => key)
}

/** The state after the transaction, or undefined where it could not have found what it found. */
function run({ input, output }: Operation, before: State): State | undefined {
  let state = before
  for (const micro of output ?? input) {
    const [action, key, found] = micro
    if (action !== 'r') state = apply(micro, state)
    else if (output !== undefined && JSON.stringify(found ?? null) !== JSON.stringify(state.get(key) ?? null)) {
      return undefined
    }
  }
  return state
}

function apply([action, key, value]: MicroOperation, state: State): State {
  const next = action === 'append' ? [...((state.get(key) as unknown[] | undefined) ?? []), value] : value
  return new Map([...state, [key, next]])
}
