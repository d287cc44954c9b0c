import { listed } from './finding.ts'
import { identity } from './identity.ts'
import { valuesOf } from '../history.ts'
import { inWords, samePlain } from '../plain.ts'

const TOLD_AT_MOST = 3

/**
 * How two contents differ, a phrase for each difference and at most a few of them: `only T1 has 4, 5`,
 * `"x" is 1 in T1 and 2 in T2`. Contents are collections (arrays, Sets), fields (Maps, objects), or single values.
 *
 * @param names what the two are called.
 */
export function differences(left: unknown, right: unknown, names: readonly [string, string]): readonly string[] {
  const [leftValues, rightValues] = [valuesOf(left), valuesOf(right)]
  if (leftValues !== undefined && rightValues !== undefined) return ofCollections(leftValues, rightValues, names)
  const [leftFields, rightFields] = [fieldsOf(left), fieldsOf(right)]
  if (leftFields !== undefined && rightFields !== undefined) return ofFields(leftFields, rightFields, names)
  return [`${names[0]} has ${inWords(left)} and ${names[1]} has ${inWords(right)}`]
}

interface Field {
  readonly name: unknown
  readonly value: unknown
}

function fieldsOf(content: unknown): ReadonlyMap<unknown, Field> | undefined {
  if (typeof content !== 'object' || content === null || ArrayBuffer.isView(content)) return undefined
  const pairs: readonly (readonly [unknown, unknown])[] =
    content instanceof Map ? [...content] : Object.entries(content)
  return new Map(pairs.map(([name, value]) => [identity(name), { name, value }]))
}

function ofCollections(
  left: readonly unknown[],
  right: readonly unknown[],
  names: readonly [string, string],
): readonly string[] {
  const only = [beyond(left, right), beyond(right, left)]
  const told = only.flatMap((values, side) =>
    values.length === 0 ? [] : [`only ${names[side === 0 ? 0 : 1]} has ${listed(values)}`],
  )
  return told.length > 0 ? told : [`${names[0]} and ${names[1]} have the same values in another order`]
}

/** What is more often in the one than in the other. */
function beyond(values: readonly unknown[], others: readonly unknown[]): readonly unknown[] {
  const counts = new Map<unknown, number>()
  for (const other of others) counts.set(identity(other), (counts.get(identity(other)) ?? 0) + 1)
  return values.filter((value) => {
    const count = counts.get(identity(value)) ?? 0
    counts.set(identity(value), count - 1)
    return count <= 0
  })
}

function ofFields(
  left: ReadonlyMap<unknown, Field>,
  right: ReadonlyMap<unknown, Field>,
  [leftName, rightName]: readonly [string, string],
): readonly string[] {
  const told: string[] = []
  for (const [key, { name, value }] of left) {
    const other = right.get(key)
    if (other === undefined) told.push(`only ${leftName} has ${inWords(name)}`)
    else if (!samePlain(value, other.value)) {
      told.push(`${inWords(name)} is ${inWords(value)} in ${leftName} and ${inWords(other.value)} in ${rightName}`)
    }
  }
  for (const [key, { name }] of right) if (!left.has(key)) told.push(`only ${rightName} has ${inWords(name)}`)
  const more = told.length - TOLD_AT_MOST
  return more > 0 ? [...told.slice(0, TOLD_AT_MOST), `there are ${more} more differences`] : told
}
