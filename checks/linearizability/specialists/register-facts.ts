import { NOTHING } from '../calls.ts'
import type { Entry } from '../entry.ts'
import type { Model } from '../../model.ts'
import { ValueNumbers } from './value-numbers.ts'

export type RegisterOf<Input, Output> = NonNullable<Model<unknown, Input, Output>['register']>

/** What operations on one register found and wrote, as numbers of values; {@link NOTHING} where they did not. */
export interface RegisterFacts {
  readonly found: Int32Array
  readonly foundNot: Int32Array
  readonly wrote: Int32Array
  /** The number of the value that was there before any operation. */
  readonly initial: number
  /** Numbers are below it. */
  readonly valueCount: number
}

/**
 * Undefined where an operation returned and it cannot be told whether it wrote, or whose value it found and replaced:
 * where clients write few values again and again, that shows after a few operations.
 */
export function registerFactsOf<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  register: RegisterOf<Input, Output>,
  initialValue: unknown,
): RegisterFacts | undefined {
  const values = new ValueNumbers()
  const numberOf = (value: unknown) => (value === undefined ? NOTHING : values.numberOf(value))
  const initial = values.numberOf(initialValue)
  const updates = new Updates(initial)
  const found = new Int32Array(entries.length)
  const foundNot = new Int32Array(entries.length)
  const wrote = new Int32Array(entries.length)
  for (let operation = 0; operation < entries.length; operation++) {
    const { input, output, returned } = entries[operation]!
    const view = register(input, output)
    if (view.wrote !== undefined) {
      if (view.foundNot !== undefined) return undefined
      if (view.found !== undefined && output === undefined && returned !== Infinity) return undefined
    }
    found[operation] = numberOf(view.found)
    foundNot[operation] = numberOf(view.foundNot)
    wrote[operation] = numberOf(view.wrote)
    if (wrote[operation] === NOTHING) continue
    updates.add(returned === Infinity ? NOTHING : found[operation]!, wrote[operation]!)
    if (updates.isAmbiguous) return undefined
  }
  return { found, foundNot, wrote, initial, valueCount: values.count }
}

/** Which values were written more than once, and found by one that replaced them. */
class Updates {
  isAmbiguous = false
  private readonly writers: number[] = []
  private readonly replaced: boolean[] = []

  constructor(initial: number) {
    this.writers[initial] = 1
  }

  add(found: number, wrote: number): void {
    this.writers[wrote] = (this.writers[wrote] ?? 0) + 1
    if (found !== NOTHING) this.replaced[found] = true
    if (this.isDoubtful(wrote) || (found !== NOTHING && this.isDoubtful(found))) this.isAmbiguous = true
  }

  private isDoubtful(value: number): boolean {
    return this.replaced[value] === true && (this.writers[value] ?? 0) > 1
  }
}
