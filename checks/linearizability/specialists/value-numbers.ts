import { canonical } from '../../plain.ts'

/** Plain values, numbered from 0 in the order in which they first appear; equal contents share a number. */
export class ValueNumbers {
  private readonly primitives = new Map<unknown, number>()
  private readonly objects = new Map<string, number>()
  /** Numbers are below it. */
  count = 0

  numberOf(value: unknown): number {
    return isObject(value) ? this.numberIn(this.objects, canonical(value)) : this.numberIn(this.primitives, value)
  }

  /** Undefined where the value has not appeared. */
  known(value: unknown): number | undefined {
    return isObject(value) ? this.objects.get(canonical(value)) : this.primitives.get(value)
  }

  private numberIn<Key>(numbers: Map<Key, number>, key: Key): number {
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, this.count)
    return this.count++
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
