import type { Operation } from '../../../checks/history.ts'
import type {
  MicroOperation,
  Transaction,
  TransactionHistory,
  Workload,
} from '../../../checks/transactions/transaction.ts'

/**
 * - `serializable`: a transaction happens at one moment, between its invocation and its return.
 * - `snapshot`: it reads what was committed when it began, and aborts where another has written the same key since.
 * - `read committed`: each of its reads finds what is committed by then.
 */
export type Level = 'serializable' | 'snapshot' | 'read committed'

/**
 * - `lost update`: a snapshot's writer does not look whether another has written since.
 * - `dirty read`: reads find what others have written, and may yet take back.
 * - `stale read`: a transaction that only reads may find the world as it was some commits ago.
 * - `forgetful session`: a process may find the world as it was before its own last commit.
 * - `torn commit`: what a transaction wrote to one key is there a while before the rest.
 * - `doubled append`: an append may be done twice.
 */
export type Bug = 'lost update' | 'dirty read' | 'stale read' | 'forgetful session' | 'torn commit' | 'doubled append'

type World = ReadonlyMap<unknown, unknown>

interface Session {
  readonly operation: Operation<Transaction, Transaction>
  /** The number of the world that its snapshot is. */
  readonly began: number
  readonly done: MicroOperation[]
  isTorn: boolean
}

const PROCESSES = 6
const KEYS = ['x', 'y', 'z']
const TRANSACTIONS = 120

/** What clients saw of a small store, their steps interleaved at random; the same for the same seed. */
export function simulate(seed: number, workload: Workload, level: Level, bug?: Bug): TransactionHistory {
  return new Store(seed, workload, level, bug).run()
}

class Store {
  private readonly workload: Workload
  private readonly level: Level
  private readonly bug: Bug | undefined
  private readonly history: Operation<Transaction, Transaction>[] = []
  private readonly sessions: (Session | undefined)[] = Array.from({ length: PROCESSES })
  /** The last is the present. */
  private readonly worlds: World[] = [new Map()]
  private readonly writtenAt = new Map<unknown, number>()
  private readonly committedAt = new Map<string, number>()
  private state: number
  private writes = 0

  constructor(seed: number, workload: Workload, level: Level, bug: Bug | undefined) {
    this.state = Math.imul(seed + 1, 0x9e3779b1)
    this.workload = workload
    this.level = level
    this.bug = bug
  }

  run(): TransactionHistory {
    for (let atMs = 0; this.history.length < TRANSACTIONS || this.sessions.some(Boolean); atMs++) {
      const process = this.draw(PROCESSES)
      const session = this.sessions[process]
      if (session === undefined) this.begin(process, atMs)
      else if (this.level !== 'serializable' && session.done.length < session.operation.input.length) this.step(session)
      else this.end(session, process, atMs)
    }
    return this.history
  }

  private begin(process: number, atMs: number): void {
    if (this.history.length === TRANSACTIONS) return
    const isOnlyReading = this.draw(3) === 0
    const input = Array.from({ length: 1 + this.draw(4) }, (): MicroOperation => {
      const key = KEYS[this.draw(KEYS.length)]!
      if (isOnlyReading || this.draw(2) === 0) return ['r', key, null]
      return [this.workload === 'list-append' ? 'append' : 'w', key, ++this.writes]
    })
    const id = this.history.length
    const operation: Operation<Transaction, Transaction> = {
      id,
      process: `c${process}`,
      input,
      invokedAtMs: atMs,
      returnedAtMs: Infinity,
      outcome: 'info',
    }
    this.history.push(operation)
    this.sessions[process] = { operation, began: this.snapshotOf(operation), done: [], isTorn: false }
  }

  private snapshotOf({ process }: Operation): number {
    const now = this.worlds.length - 1
    const own = this.committedAt.get(process)
    return this.bug === 'forgetful session' && own !== undefined && this.draw(3) === 0 ? own - 1 : now
  }

  private step(session: Session): void {
    const { operation, done, began } = session
    const micro = operation.input[done.length]!
    const now = this.level === 'snapshot' ? this.worlds[began]! : this.worlds.at(-1)!
    done.push(isWrite(micro) ? micro : ['r', micro[1], this.find(micro[1], now, session)])
  }

  private find(key: unknown, world: World, session: Session): unknown {
    const isDirty = this.bug === 'dirty read' && this.draw(2) === 0
    const others = isDirty ? this.sessions.filter((other) => other !== session) : []
    const seen = [...others, session].flatMap((other) => other?.done ?? [])
    return seen.filter((micro) => isWrite(micro) && micro[1] === key).reduce(this.after, world.get(key) ?? null)
  }

  private readonly after = (before: unknown, micro: MicroOperation): unknown => {
    const [action, , value] = micro
    return action === 'append' ? [...((before as readonly unknown[] | null) ?? []), value] : value
  }

  private end(session: Session, process: number, atMs: number): void {
    const { operation, done } = session
    if (this.level === 'serializable' && !session.isTorn) this.runAtOnce(session)
    const keys = [...new Set(operation.input.filter(isWrite).map(([, key]) => key))]
    const isConflict = keys.some((key) => (this.writtenAt.get(key) ?? 0) > session.began)
    const mustAbort = this.level === 'snapshot' && this.bug !== 'lost update' && isConflict
    const luck = this.draw(20)
    const takesEffect = !mustAbort && luck !== 0 && luck !== 1
    if (takesEffect && this.bug === 'torn commit' && keys.length > 1 && !session.isTorn) {
      session.isTorn = true
      this.commit(session, keys.slice(0, 1))
      return
    }
    this.sessions[process] = undefined
    if (takesEffect || session.isTorn) this.commit(session, session.isTorn ? keys.slice(1) : keys)
    if (luck === 1 || luck === 2) return
    operation.returnedAtMs = atMs
    operation.outcome = takesEffect || session.isTorn ? 'ok' : 'fail'
    if (operation.outcome === 'ok') operation.output = done
  }

  private runAtOnce({ operation, done }: Session): void {
    const isStale = this.bug === 'stale read' && !operation.input.some(isWrite)
    const world = new Map(this.worlds.at(-1 - (isStale ? this.draw(6) : 0)) ?? this.worlds[0])
    for (const micro of operation.input) {
      done.push(isWrite(micro) ? micro : ['r', micro[1], world.get(micro[1]) ?? null])
      if (isWrite(micro)) world.set(micro[1], this.after(world.get(micro[1]) ?? null, micro))
    }
  }

  private commit({ operation, began }: Session, keys: readonly unknown[]): void {
    if (keys.length === 0) return
    const base = this.bug === 'lost update' ? this.worlds[began]! : this.worlds.at(-1)!
    const world = new Map(this.worlds.at(-1))
    for (const key of keys) {
      const own = operation.input.filter((micro) => isWrite(micro) && micro[1] === key)
      const isDoubled = this.bug === 'doubled append' && this.draw(20) === 0
      world.set(key, [...own, ...(isDoubled ? own.slice(-1) : [])].reduce(this.after, base.get(key) ?? null))
      this.writtenAt.set(key, this.worlds.length)
    }
    this.committedAt.set(operation.process, this.worlds.length)
    this.worlds.push(world)
  }

  private draw(bound: number): number {
    this.state ^= this.state << 13
    this.state ^= this.state >>> 17
    this.state ^= this.state << 5
    return (this.state >>> 0) % bound
  }
}

function isWrite([action]: MicroOperation): boolean {
  return action !== 'r'
}
