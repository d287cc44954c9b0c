import { checkTransactions } from '../checks/transactions/check-transactions.ts'
import type { Operation } from '../checks/history.ts'
import type { MicroOperation, Transaction, TransactionHistory } from '../checks/transactions/transaction.ts'
import type { Figure } from '../reports/json.ts'

const TRANSACTIONS = 1_000_000
const PROCESSES = 20
const ACTIVE_KEYS = 10
/** A key is done with after so many appends, so that lists stay as short as real workloads keep them. */
const APPENDS_A_KEY = 32
const LONGEST_TRANSACTION = 4

/** A million transactions of a strictly serializable store of lists, judged; making them is not counted. */
export function transactions(): readonly Figure[] {
  const history = listHistory(TRANSACTIONS)
  const startedMs = performance.now()
  const startedCpu = process.cpuUsage()
  const { verdict } = checkTransactions(history, { workload: 'list-append' })
  const seconds = (performance.now() - startedMs) / 1000
  const cpu = process.cpuUsage(startedCpu)
  if (verdict !== 'ok') throw new Error(`the history of a correct store is ${verdict}`)
  return [
    { name: 'transactions', value: seconds, unit: `s for ${TRANSACTIONS} transactions on lists` },
    { name: 'transactions/cpu', value: (cpu.user + cpu.system) / 1e6, unit: 's of processor time, all threads' },
    { name: 'transactions/rss', value: process.memoryUsage().rss / 2 ** 20, unit: 'MiB with the history' },
  ]
}

/** What so many processes saw that append to and read lists, one to four of them at once; the same every time. */
export function listHistory(count: number): TransactionHistory {
  const draw = generator()
  const store = new Map<number, number[]>()
  const history: Operation<Transaction, Transaction>[] = []
  const underWay: (Operation<Transaction, Transaction> | undefined)[] = Array.from({ length: PROCESSES })
  const active = Array.from({ length: ACTIVE_KEYS }, (_, key) => ({ key, appends: 0 }))
  let keys = ACTIVE_KEYS
  const microOperation = (): MicroOperation => {
    const slot = draw(ACTIVE_KEYS)
    const { key } = active[slot]!
    if (draw(2) === 0) return ['r', key, null]
    const value = ++active[slot]!.appends
    if (value === APPENDS_A_KEY) active[slot] = { key: keys++, appends: 0 }
    return ['append', key, value]
  }
  for (let atMs = 0; history.length < count || underWay.some(Boolean); atMs++) {
    const process = draw(PROCESSES)
    const open = underWay[process]
    if (open !== undefined) {
      open.output = open.input.map((micro) => apply(store, micro))
      open.returnedAtMs = atMs
      open.outcome = 'ok'
      underWay[process] = undefined
    } else if (history.length < count) {
      const input = Array.from({ length: 1 + draw(LONGEST_TRANSACTION) }, microOperation)
      const operation: Operation<Transaction, Transaction> = {
        id: history.length,
        process: `c${process}`,
        input,
        invokedAtMs: atMs,
        returnedAtMs: Infinity,
        outcome: 'info',
      }
      history.push(operation)
      underWay[process] = operation
    }
  }
  return history
}

function apply(store: Map<number, number[]>, micro: MicroOperation): MicroOperation {
  const [action, key, value] = micro as readonly [string, number, number]
  const list = store.get(key)
  if (action === 'r') return ['r', key, list === undefined ? null : list.slice()]
  if (list === undefined) store.set(key, [value])
  else list.push(value)
  return micro
}

/** Whole numbers below a bound, from xorshift32. */
function generator(): (bound: number) => number {
  let state = 0x9e3779b9
  return (bound) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
}
