import type { PlainData } from './machine.ts'
import { finish, mix, mixText } from './mix.ts'

export { mix, mixText }

/** A number's 64 bits, read as two words. */
const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)

/**
 * 32 bits out of plain data, an integer from 0 to 2^32 − 1: equal data gives an equal hash, whatever the order of an
 * object's fields. The order of a Map, a Set and an array counts. It copies nothing.
 */
export function hashPlain(value: PlainData | object, seed: number): number {
  return finish(fold(seed, value))
}

function fold(hash: number, value: unknown): number {
  switch (typeof value) {
    case 'string':
      return mixText(mix(hash, 1), value)
    case 'number':
      return foldNumber(hash, value)
    case 'boolean':
      return mix(hash, value ? 3 : 4)
    case 'bigint':
      return mixText(mix(hash, 5), value.toString(16))
    case 'object':
      return value === null ? mix(hash, 6) : foldObject(hash, value)
    default:
      return mix(hash, 7)
  }
}

function foldNumber(hash: number, value: number): number {
  if ((value | 0) === value && !Object.is(value, -0)) return mix(mix(hash, 2), value)
  float[0] = Number.isNaN(value) ? NaN : value
  return mix(mix(mix(hash, 8), words[0]!), words[1]!)
}

function foldObject(hash: number, value: object): number {
  if (Array.isArray(value)) return foldItems(mix(mix(hash, 9), value.length), value)
  if (value instanceof Map) return foldEntries(mix(mix(hash, 10), value.size), value)
  if (value instanceof Set) return foldItems(mix(mix(hash, 11), value.size), value)
  if (ArrayBuffer.isView(value)) {
    const numbers = value as unknown as ArrayLike<number>
    return foldItems(mix(mix(mix(hash, 12), numbers.length), value.byteLength), numbers)
  }
  return foldFields(hash, value as Record<string, unknown>)
}

function foldItems(hash: number, items: Iterable<unknown> | ArrayLike<unknown>): number {
  let h = hash
  if (items instanceof Set) {
    for (const item of items) h = fold(h, item)
    return h
  }
  const list = items as ArrayLike<unknown>
  for (let index = 0; index < list.length; index++) h = fold(h, list[index])
  return h
}

function foldEntries(hash: number, entries: ReadonlyMap<unknown, unknown>): number {
  let h = hash
  for (const [key, value] of entries) h = fold(fold(h, key), value)
  return h
}

/** Fields are summed, so that their order does not count. */
function foldFields(hash: number, value: Record<string, unknown>): number {
  let sum = 0
  for (const field of Object.keys(value)) sum = (sum + finish(fold(mixText(13, field), value[field]))) | 0
  return mix(mix(hash, 13), sum)
}
