import type { Operation } from '../history.ts'
import { canonical } from '../plain.ts'
import { checkTransactions } from '../transactions/check-transactions.ts'
import { ISOLATION_LEVELS, isolationLevel } from '../transactions/levels.ts'
import { describeTransaction } from '../transactions/transaction.ts'
import type { Transaction, TransactionHistory, Workload } from '../transactions/transaction.ts'
import { excerpt, FormatError } from './lines.ts'
import type { RecordedOperation, Recording } from './recording.ts'
import type { Subject } from './subject.ts'

/** Transactions as what a recording can be judged as. */
export const transactionSubjects: readonly Subject[] = [
  transactional('list-append', 'transactions that read lists and append to them'),
  transactional('rw-register', 'transactions that read and write registers'),
]

function transactional(workload: Workload, about: string): Subject {
  return {
    name: workload,
    about,
    operations: ['txn'],
    consistencies: ['strict-serializable', ...ISOLATION_LEVELS.filter((level) => level !== 'strict-serializable')],
    consistency: (name) => {
      try {
        return isolationLevel(name)
      } catch {
        return undefined
      }
    },
    read: transactionsOf,
    judge: (history, { budgetSteps, consistency }) =>
      checkTransactions(history as TransactionHistory, {
        workload,
        ...(budgetSteps === undefined ? {} : { budgetSteps }),
        ...(consistency === undefined ? {} : { consistency }),
      }),
    describe: (input, output) => describeTransaction(input, output ?? undefined),
  }
}

/** Each value is a vector of micro-operations, `[[:append 5 1] [:r 3 nil]]`. */
function transactionsOf({ operations, lines }: Recording): TransactionHistory {
  return operations.map((operation, index) => transactionOf(operation, lines[index]!))
}

function transactionOf(operation: RecordedOperation, line: number): Operation<Transaction, Transaction> {
  const { input, outcome, output } = operation
  const asked = microOperations(input.input ?? input.value, line)
  // What ended without a value found nothing that could be told.
  const found = outcome === 'ok' && Array.isArray(output) ? microOperations(output, line) : undefined
  return { ...operation, input: asked, output: found }
}

function microOperations(value: unknown, line: number): Transaction {
  const expected = 'expected a transaction, such as [[:append 5 1] [:r 3 nil]] or [["append",5,1],["r",3,null]]'
  if (!Array.isArray(value)) throw new FormatError(line, `${expected}, found ${excerpt(canonical(value))}`)
  const micros: readonly unknown[] = value
  for (const micro of micros) {
    if (!Array.isArray(micro)) throw new FormatError(line, `${expected}, found ${excerpt(canonical(micro))} in it`)
    const action: unknown = micro[0]
    if (typeof action === 'string' && action.startsWith(':')) micro[0] = action.slice(1)
  }
  return micros as Transaction
}
