/** Plain data as what JSON can hold: Maps, Sets and typed arrays as lists, bigints as text. */
export function plainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return [...value].map(([key, item]) => [plainJson(key), plainJson(item)])
  if (Array.isArray(value) || value instanceof Set) return [...value].map(plainJson)
  if (ArrayBuffer.isView(value)) return [...(value as Uint8Array)]
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, plainJson(item)]))
}
