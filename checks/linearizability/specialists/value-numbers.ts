import { canonical } from '../../plain.ts'

/** Plain values, numbered from 0 in the order in which they first appear; equal contents share a number. */
export class ValueNumbers {
  private readonly primitives = new Map<unknown, number>()
  private readonly objects = new Map<string, number>()
  private count = 0

  numberOf(value: unknown): number {
    const known = this.known(value)
    if (known !== undefined) return known
    if (isObject(value)) this.objects.set(canonical(value), this.count)
    else this.primitives.set(value, this.count)
    return this.count++
  }

  /** Undefined where the value has not appeared. */
  known(value: unknown): number | undefined {
    return isObject(value) ? this.objects.get(canonical(value)) : this.primitives.get(value)
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
