/**
 * Plain data (primitives, arrays, objects, Map, Set, typed arrays) compared by content and put in words. Two values
 * are the same where their canonical texts are: the order of fields, of a Map and of a Set does not count.
 */

/** A text that two plain values share exactly where their contents are equal. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value instanceof Map) return `Map{${[...value].map(canonical).sort().join(',')}}`
  if (value instanceof Set) return `Set{${[...value].map(canonical).sort().join(',')}}`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}[${String(value)}]`
  return canonicalFields(value as Readonly<Record<string, unknown>>)
}

/** Objects are most of what there is to compare, and most of them are small. */
function canonicalFields(value: Readonly<Record<string, unknown>>): string {
  const fields: string[] = []
  for (const name of Object.keys(value)) {
    const field = value[name]
    if (field !== undefined) fields.push(`${JSON.stringify(name)}:${canonical(field)}`)
  }
  return `{${fields.sort().join(',')}}`
}

/** Equality by content; `undefined` and `null` are different. */
export function samePlain(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return Object.is(left, right)
  }
  if (Array.isArray(left)) return Array.isArray(right) && sameItems(left, right)
  if (isRecord(left)) return isRecord(right) && sameFields(left, right)
  return canonical(left) === canonical(right)
}

function isRecord(value: object): value is Record<string, unknown> {
  return !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set) && !ArrayBuffer.isView(value)
}

function sameItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false
  for (let index = 0; index < left.length; index++) if (!samePlain(left[index], right[index])) return false
  return true
}

/** A field that is undefined counts as not there. */
function sameFields(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  let count = 0
  for (const name of Object.keys(left)) {
    if (left[name] === undefined) continue
    if (!samePlain(left[name], right[name])) return false
    count += 1
  }
  for (const name of Object.keys(right)) if (right[name] !== undefined) count -= 1
  return count === 0
}

const LONGEST_TEXT = 40

/** A value as people read it in a sentence; a long one is cut. */
export function inWords(value: unknown): string {
  const text = canonical(value)
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`
}
