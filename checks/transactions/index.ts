/** Judges of transactions: which level of isolation a history of transactions keeps to. */
export { checkTransactions, isolated } from './check-transactions.ts'
export type { Anomaly, TransactionOptions, TransactionVerdict } from './check-transactions.ts'
export type { AnomalyName } from './anomalies.ts'
export { ISOLATION_LEVELS, isolationLevel } from './levels.ts'
export type { IsolationLevel } from './levels.ts'
export type { RegisterAssumptions } from './register-versions.ts'
export { describeTransaction } from './transaction.ts'
export type { MicroOperation, Transaction, TransactionHistory, Workload } from './transaction.ts'
