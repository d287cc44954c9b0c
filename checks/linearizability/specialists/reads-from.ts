import type { Entry } from '../entry.ts'
import type { Model, RegisterView } from '../../model.ts'
import { ValueNumbers } from './value-numbers.ts'

/** Stands for whoever wrote the value that was there before any operation. */
export const INITIAL = -1
/** Stands for no operation at all. */
export const NOBODY = -2

export type RegisterOf<Input, Output> = NonNullable<Model<unknown, Input, Output>['register']>

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
 * Undefined where one that writes found a value with several writers, or it cannot be told whether it wrote. A value
 * that is written often but found by nobody is no hindrance.
 */
export function readsFromOf<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  register: RegisterOf<Input, Output>,
  initial: unknown,
): ReadsFrom | undefined {
  const views = entries.map(({ input, output }) => register(input, output))
  if (entries.some((entry, operation) => isUndecided(entry, views[operation]!))) return undefined
  const relation = new Relation(entries, views, new Writers(views, initial))
  entries.forEach(({ returned }, operation) => {
    if (returned !== Infinity) relation.ascertain(operation)
  })
  return relation.unwritten === NOBODY && relation.isAmbiguous ? undefined : relation
}

/** It returned without an answer, or with one that leaves its effect open: then it may have written, or not. */
function isUndecided({ output, returned }: Entry, { found, foundNot, wrote }: RegisterView): boolean {
  if (wrote === undefined) return false
  return foundNot !== undefined || (found !== undefined && output === undefined && returned !== Infinity)
}

const SEVERAL = -3

/** Who wrote which value. */
class Writers {
  private readonly numbers = new ValueNumbers()
  private readonly writers: number[] = []

  constructor(views: readonly RegisterView[], initial: unknown) {
    this.add(initial, INITIAL)
    for (let operation = 0; operation < views.length; operation++) {
      const { wrote } = views[operation]!
      if (wrote !== undefined) this.add(wrote, operation)
    }
  }

  of(value: unknown): number {
    const number = this.numbers.known(value)
    return number === undefined ? NOBODY : this.writers[number]!
  }

  private add(value: unknown, writer: number): void {
    const number = this.numbers.numberOf(value)
    if (number === this.writers.length) this.writers.push(writer)
    else this.writers[number] = SEVERAL
  }
}

class Relation implements ReadsFrom {
  readonly source: Int32Array
  readonly writes: Uint8Array
  readonly certain: Uint8Array
  readonly observer: Int32Array
  readonly loose: number[] = []
  unwritten = NOBODY
  isAmbiguous = false
  private readonly views: readonly RegisterView[]
  private readonly writers: Writers

  constructor(entries: readonly Entry[], views: readonly RegisterView[], writers: Writers) {
    this.views = views
    this.writers = writers
    this.source = new Int32Array(entries.length).fill(NOBODY)
    this.observer = new Int32Array(entries.length).fill(NOBODY)
    this.writes = Uint8Array.from(views, ({ wrote }) => (wrote === undefined ? 0 : 1))
    this.certain = new Uint8Array(entries.length)
    entries.forEach(({ returned }, operation) => {
      if (returned !== Infinity) this.certain[operation] = 1
    })
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
    const { found } = this.views[reader]!
    const writer = found === undefined ? NOBODY : this.writers.of(found)
    if (writer === SEVERAL && this.writes[reader] === 1) this.isAmbiguous = true
    else if (writer === NOBODY && found !== undefined)
      this.unwritten = this.unwritten === NOBODY ? reader : this.unwritten
    else if (writer !== SEVERAL && writer !== NOBODY) this.source[reader] = writer
    else if (this.writes[reader] === 0) this.loose.push(reader)
    return writer
  }
}
