import { checkTransactions } from '../../../checks/transactions/check-transactions.ts'
import type { TransactionOptions, TransactionVerdict } from '../../../checks/transactions/check-transactions.ts'
import type { Outcome } from '../../../checks/history.ts'
import type { MicroOperation, Transaction, TransactionHistory } from '../../../checks/transactions/transaction.ts'

/** `append x 1, read y [1,2], write z 3, read z nil`, after `fail: ` or `info: ` where it did not end ok. */
export type Line = string

const ACTIONS: Readonly<Record<string, MicroOperation[0]>> = { append: 'append', read: 'r', write: 'w' }

export function transaction(text: string): Transaction {
  return text.split(', ').map((step) => {
    const [, action, key, value] = /^(append|read|write) (\w+) (.+)$/.exec(step) ?? []
    if (action === undefined) throw new Error(`not a step of a transaction: ${step}`)
    return [ACTIONS[action]!, key!, value === 'nil' ? null : JSON.parse(value!)] as MicroOperation
  })
}

/** Transactions that all run at the same time, each in a process of its own. */
export function together(...lines: readonly Line[]): TransactionHistory {
  return lines.map((line, id) => operation(id, `c${id}`, line, 0, 10))
}

/** Transactions one after the other; each with its process before it: `c1 append x 1`. */
export function inTurn(...lines: readonly Line[]): TransactionHistory {
  return lines.map((line, id) => {
    const [, process, rest] = /^(\w+) (.*)$/.exec(line)!
    return operation(id, process!, rest!, 10 * id, 10 * id + 5)
  })
}

function operation(id: number, process: string, line: Line, invokedAtMs: number, returnedAtMs: number) {
  const [, outcome, text] = /^(?:(fail|info): )?(.*)$/.exec(line)!
  const steps = transaction(text!)
  const asked = steps.map(([action, key, value]) => (action === 'r' ? [action, key, null] : [action, key, value]))
  const base = { id, process, input: asked as unknown as Transaction, invokedAtMs }
  if (outcome === undefined) return { ...base, returnedAtMs, outcome: 'ok' as Outcome, output: steps }
  return { ...base, returnedAtMs: outcome === 'info' ? Infinity : returnedAtMs, outcome: outcome as Outcome }
}

export function lists(history: TransactionHistory, options: Partial<TransactionOptions> = {}): TransactionVerdict {
  return checkTransactions(history, { workload: 'list-append', ...options })
}

export function registers(history: TransactionHistory, options: Partial<TransactionOptions> = {}): TransactionVerdict {
  return checkTransactions(history, { workload: 'rw-register', ...options })
}

export function namesIn({ anomalies }: TransactionVerdict): readonly string[] {
  return anomalies.map(({ name }) => name)
}

/** What is said of the first case of an anomaly. */
export function becauseOf({ anomalies }: TransactionVerdict, name: string): readonly string[] {
  return anomalies.find((anomaly) => anomaly.name === name)?.violations[0]?.because ?? []
}
