import { HistoryError } from '../judges/input.ts'
import type { TransactionTable } from './table.ts'
import { identityOf, plainWord } from './transaction.ts'

/** Who wrote each value of each key; a write has a number. */
export class Writes {
  readonly keyOf: number[] = []
  readonly valueOf: unknown[] = []
  /** The transaction's number. */
  readonly writerOf: number[] = []
  /** The number of the same transaction's next write of the same key, or -1. */
  readonly nextOf: number[] = []
  /** Where it is in its transaction. */
  readonly placeOf: number[] = []
  private readonly byValue: Map<unknown, number>[]
  private readonly table: TransactionTable

  /** @throws HistoryError where a value was written to a key twice: then nobody could tell which of them was read. */
  constructor(table: TransactionTable) {
    this.table = table
    this.byValue = table.keys.map(() => new Map())
    const lastOfKey = new Int32Array(table.keys.length).fill(-1)
    table.transactions.forEach((transaction, writer) => {
      const first = table.firstMicro[writer]!
      transaction.forEach(([action, , value], place) => {
        if (action === 'r') return
        const key = table.keyOf[first + place]!
        const previous = lastOfKey[key]!
        const write = this.add(key, value, writer, place)
        if (previous >= 0 && this.writerOf[previous] === writer) this.nextOf[previous] = write
        lastOfKey[key] = write
      })
    })
  }

  get count(): number {
    return this.keyOf.length
  }

  /** The write of the value, or -1. */
  find(key: number, value: unknown): number {
    return this.byValue[key]!.get(identityOf(value)) ?? -1
  }

  /** True where the write's transaction was aborted. */
  failed(write: number): boolean {
    return this.table.operations[this.writerOf[write]!]!.outcome === 'fail'
  }

  private add(key: number, value: unknown, writer: number, place: number): number {
    const write = this.count
    this.keyOf.push(key)
    this.valueOf.push(value)
    this.writerOf.push(writer)
    this.placeOf.push(place)
    this.nextOf.push(-1)
    const identity = identityOf(value)
    const byValue = this.byValue[key]!
    const other = byValue.get(identity)
    // A write that was aborted may be tried again with the same value: then the value is the later one's.
    if (other === undefined || this.failed(other)) byValue.set(identity, write)
    else if (!this.failed(write)) this.refuse(other, write)
    return write
  }

  private refuse(first: number, second: number): never {
    const { keys, operations } = this.table
    const value = `${plainWord(this.valueOf[second])} to ${plainWord(keys[this.keyOf[second]!])}`
    throw new HistoryError(
      operations[this.writerOf[second]!]!,
      `it writes ${value}, as operation ${operations[this.writerOf[first]!]!.id} does. ` +
        'Give each write of a key a value of its own, so that a read tells whose write it saw.',
    )
  }
}
