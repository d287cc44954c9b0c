import { NOTHING } from '../calls.ts'
import type { Entry } from '../entry.ts'
import type { RegisterFacts } from './register-facts.ts'

/** Stands for whoever wrote the value that was there before any operation. */
export const INITIAL = -1
/** Stands for no operation at all. */
export const NOBODY = -2

/** Who found whose value on one register. Operations are numbers in the list of entries. */
export interface ReadsFrom {
  /** For each operation who wrote what it found: a number, INITIAL, or NOBODY where it tells of no certain writer. */
  readonly source: Int32Array
  /** 1 where it writes. */
  readonly writes: Uint8Array
  /** 1 where it certainly took effect: it returned, or one that certainly did found what it wrote. */
  readonly certain: Uint8Array
  /** Where it is certain though it crashed: who found what it wrote. */
  readonly observer: Int32Array
  /** Operations that returned, change nothing, and don't tell whose value they found. */
  readonly loose: readonly number[]
  /** The first operation that certainly took effect and found a value that nobody wrote; NOBODY where there is none. */
  readonly unwritten: number
}

/**
 * Undefined where one that writes found a value with several writers. A value that is written often but found by nobody
 * is no hindrance.
 */
export function readsFromOf(entries: readonly Entry[], facts: RegisterFacts): ReadsFrom | undefined {
  const relation = new Relation(entries, facts)
  for (let operation = 0; operation < entries.length; operation++) {
    if (entries[operation]!.returned !== Infinity) relation.ascertain(operation)
  }
  return relation.unwritten === NOBODY && relation.isAmbiguous ? undefined : relation
}

const SEVERAL = -3

/** For each value who wrote it. */
function writersOf({ wrote, initial, valueCount }: RegisterFacts): Int32Array {
  const writers = new Int32Array(valueCount).fill(NOBODY)
  writers[initial] = INITIAL
  for (let operation = 0; operation < wrote.length; operation++) {
    const value = wrote[operation]!
    if (value !== NOTHING) writers[value] = writers[value] === NOBODY ? operation : SEVERAL
  }
  return writers
}

class Relation implements ReadsFrom {
  readonly source: Int32Array
  readonly writes: Uint8Array
  readonly certain: Uint8Array
  readonly observer: Int32Array
  readonly loose: number[] = []
  unwritten = NOBODY
  isAmbiguous = false
  private readonly facts: RegisterFacts
  private readonly writers: Int32Array

  constructor(entries: readonly Entry[], facts: RegisterFacts) {
    this.facts = facts
    this.writers = writersOf(facts)
    this.source = new Int32Array(entries.length).fill(NOBODY)
    this.observer = new Int32Array(entries.length).fill(NOBODY)
    this.writes = new Uint8Array(entries.length)
    this.certain = new Uint8Array(entries.length)
    for (let operation = 0; operation < entries.length; operation++) {
      if (facts.wrote[operation] !== NOTHING) this.writes[operation] = 1
      if (entries[operation]!.returned !== Infinity) this.certain[operation] = 1
    }
  }

  /** The operation took effect; so did whoever wrote what it found, and whoever wrote what that one found, and so on. */
  ascertain(operation: number): void {
    for (let reader = operation; ;) {
      const writer = this.writerFor(reader)
      if (writer < 0 || this.certain[writer] === 1) return
      this.certain[writer] = 1
      this.observer[writer] = reader
      reader = writer
    }
  }

  private writerFor(reader: number): number {
    const found = this.facts.found[reader]!
    const writer = found === NOTHING ? NOBODY : this.writers[found]!
    if (writer === SEVERAL && this.writes[reader] === 1) this.isAmbiguous = true
    else if (writer === NOBODY && found !== NOTHING) {
      if (this.unwritten === NOBODY) this.unwritten = reader
    } else if (writer !== SEVERAL && writer !== NOBODY) this.source[reader] = writer
    else if (this.writes[reader] === 0) this.loose.push(reader)
    return writer
  }
}
