import type { Findings } from './findings.ts'
import { inWords, samePlain } from '../plain.ts'
import type { TransactionTable } from './table.ts'
import { keyInWords } from './transaction.ts'
import type { Writes } from './writes.ts'

/**
 * Versions of registers have numbers: that of the write, or, for what a register held at first, the number of writes
 * and that of the key in addition.
 */
export interface RegisterUse {
  readonly transaction: number
  readonly key: number
  /** The version that it found before it wrote any; -1 where it did not read, or nobody can tell. */
  readonly read: number
  /** The last version that it wrote, or -1. */
  readonly written: number
}

/** A value that a key held at first though it is not nil: the only one that was read and that nobody wrote. */
export type Initials = ReadonlyMap<number, unknown>

/**
 * What each register held at first: nil; or, where nobody read nil, the one value that was read and not written. Where
 * there are more such values, all of them are garbage.
 */
export function initialsOf(table: TransactionTable, writes: Writes): Initials {
  const unwritten = new Map<number, unknown>()
  const several = new Set<number>()
  forEachRead(table, (_reader, key, value) => {
    if (value !== null && writes.find(key, value) >= 0) return
    if (unwritten.has(key) && !samePlain(unwritten.get(key), value)) several.add(key)
    unwritten.set(key, value)
  })
  for (const [key, value] of unwritten) if (value === null || several.has(key)) unwritten.delete(key)
  return unwritten
}

function forEachRead(
  { transactions, answered, firstMicro, keyOf }: TransactionTable,
  visit: (reader: number, key: number, value: unknown) => void,
): void {
  transactions.forEach((transaction, reader) => {
    if (answered[reader] === 0) return
    transaction.forEach(([action, , value], place) => {
      if (action === 'r') visit(reader, keyOf[firstMicro[reader]! + place]!, value ?? null)
    })
  })
}

/** Marks transactions nobody knows about as committed where somebody read what they wrote. */
export function markRead(table: TransactionTable, writes: Writes): void {
  forEachRead(table, (_reader, key, value) => {
    const write = writes.find(key, value)
    if (write >= 0 && !writes.failed(write)) table.committed[writes.writerOf[write]!] = 1
  })
}

/** Looks at each transaction: what it did with each register, and what is wrong with it by itself. */
export class RegisterReads {
  private readonly table: TransactionTable
  private readonly writes: Writes
  private readonly findings: Findings
  private readonly initials: Initials

  constructor(table: TransactionTable, writes: Writes, findings: Findings, initials: Initials) {
    this.table = table
    this.writes = writes
    this.findings = findings
    this.initials = initials
  }

  /** Calls `visit` for each register that a committed transaction used. */
  forEachUse(visit: (use: RegisterUse) => void): void {
    const { transactions, committed, firstMicro, keyOf } = this.table
    let write = 0
    transactions.forEach((transaction, number) => {
      const uses = new Map<number, { read: number; written: number; value: unknown }>()
      for (let place = 0; place < transaction.length; place++) {
        const [action, , found] = transaction[place]!
        const key = keyOf[firstMicro[number]! + place]!
        const use = uses.get(key)
        if (action !== 'r') uses.set(key, { read: use?.read ?? -1, written: write++, value: found })
        else if (this.table.answered[number] === 1) {
          const value = found ?? null
          if (use === undefined) uses.set(key, { read: this.read(number, key, value), written: -1, value })
          else if (!samePlain(use.value, value)) {
            this.tellInternal(number, key, value, use.value)
            use.value = value
          }
        }
      }
      if (committed[number] === 0) return
      for (const [key, { read, written }] of uses) visit({ transaction: number, key, read, written })
    })
  }

  /** The version, or -1. */
  private read(reader: number, key: number, value: unknown): number {
    const { writes, findings } = this
    const write = value === null ? -1 : writes.find(key, value)
    if (write < 0) {
      if (value === null ? !this.initials.has(key) : this.initials.has(key)) return writes.count + key
      findings.add('garbage-read', [reader], () => [
        `T1 read ${this.words(key, value)}`,
        `However nobody wrote ${inWords(value)} there`,
      ])
      return -1
    }
    const writer = writes.writerOf[write]!
    const readWords = (): string => `T1 read ${this.words(key, value)}`
    if (writes.failed(write)) {
      findings.add('G1a', [reader, writer], () => [`${readWords()}, which T2 wrote`, 'However T2 was aborted'])
      return -1
    }
    if (writer === reader) {
      findings.add('future-read', [reader], () => [`${readWords()} before it wrote that itself`])
      return -1
    }
    const next = writes.nextOf[write]!
    if (next >= 0) {
      findings.add('G1b', [reader, writer], () => [
        `${readWords()}, which T2 wrote`,
        `However T2 went on to write ${inWords(writes.valueOf(next))} there`,
      ])
    }
    return write
  }

  private tellInternal(reader: number, key: number, value: unknown, known: unknown): void {
    this.findings.add('internal', [reader], () => [
      `T1 read ${this.words(key, value)}`,
      `However by what it had read and written before, it should have been ${inWords(known)}`,
    ])
  }

  private words(key: number, value: unknown): string {
    return `${inWords(value)} in ${keyInWords(this.table.keys[key])}`
  }
}
