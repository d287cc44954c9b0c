import type { History, Operation } from '../history.ts'
import { canonical } from '../plain.ts'
import { Tuple } from './edn/reader.ts'
import { excerpt, FormatError } from './lines.ts'
import type { RecordedCall, RecordedOperation, Recording } from './recording.ts'

/** One kind of operation: how files call it, and what it is to a model. */
export interface Word {
  /** The `action` of the model's input, unless it becomes another. */
  readonly action: string
  readonly becomes?: string
  /** How files call it; the action itself is always understood. */
  readonly alias?: readonly string[]
  /** The input's other fields: none; the value itself; or the items of a vector, or the fields of a map. */
  readonly fields?: readonly string[]
  /** Fields that an input may have besides. */
  readonly optional?: readonly string[]
  /** What the model makes of the fields; a sentence on what they must be where they don't fit. */
  readonly refine?: (fields: Fields) => Fields | string
  /** The answer of one that ended ok, out of the value in the file; that there is none, unless given. */
  readonly answer?: (value: unknown, call: RecordedCall) => unknown
  /** The answer of one that failed and tells something; undefined where it tells nothing. */
  readonly failure?: (operation: RecordedOperation) => unknown
}

export type Fields = { readonly [field: string]: unknown }

/** How the operations of a recording read as those of one kind of object. */
export interface Dialect {
  readonly words: readonly Word[]
  /** What more the input has: the process, where it matters who asked. */
  readonly more?: (operation: RecordedOperation) => Fields
  /** Operations that there is no word for are kept as they are; without it they are refused. */
  readonly keepsOthers?: boolean
  /** What has many objects, so that every operation must say which. */
  readonly needsKey?: boolean
  /** The field that names the object; `key` unless given. */
  readonly keyField?: string
}

/**
 * A recording as a history that a model or a judge understands.
 *
 * @throws FormatError with the line of an operation that the dialect has no word for.
 */
export function translate(recording: Recording, dialect: Dialect): History<any, any> {
  const { operations, lines } = recording
  const words = wordsByName(dialect)
  const hasTuples = valuesAreTuples(operations, words)
  return operations.map((operation, index) => translateOne(operation, dialect, words, lines[index]!, hasTuples))
}

function wordsByName({ words }: Dialect): ReadonlyMap<string, Word> {
  return new Map(words.flatMap((word) => [word.action, ...(word.alias ?? [])].map((name) => [name, word] as const)))
}

function translateOne(
  operation: RecordedOperation,
  dialect: Dialect,
  words: ReadonlyMap<string, Word>,
  line: number,
  hasTuples: boolean,
): Operation<any, any> {
  const call = hasTuples ? callInTuple(operation.input) : operation.input
  const output = hasTuples ? valueInTuple(operation.output) : operation.output
  const word = words.get(call.f) ?? otherWord(call, dialect, words, line)
  const fields = fieldsOf(word, call, line)
  const refined = word.refine === undefined ? fields : word.refine(fields)
  if (typeof refined === 'string') throw new FormatError(line, `"${call.f}" needs ${refined}`)
  const input: { action: string; [field: string]: unknown } = { action: word.becomes ?? word.action }
  const key = keyOf(call, dialect, line)
  if (key !== undefined) input[dialect.keyField ?? 'key'] = key
  if (dialect.more !== undefined) Object.assign(input, dialect.more(operation))
  Object.assign(input, refined)
  const { outcome } = operation
  const told = outcome === 'fail' ? toldByFailure(operation, output, word) : undefined
  // Field by field: copied by `...`, a million of them take several times as long, and each look at them as well.
  return {
    id: operation.id,
    process: operation.process,
    input,
    invokedAtMs: operation.invokedAtMs,
    returnedAtMs: operation.returnedAtMs,
    outcome,
    output: outcome === 'ok' ? word.answer?.(output === undefined ? null : output, call) : told,
    observed: told === undefined ? undefined : true,
    reason: operation.reason,
    invokedAtEvent: operation.invokedAtEvent,
    returnedAtEvent: operation.returnedAtEvent,
  }
}

function otherWord({ f }: RecordedCall, dialect: Dialect, words: ReadonlyMap<string, Word>, line: number): Word {
  if (dialect.keepsOthers === true) return { action: f, fields: ['value'] }
  const known = [...new Set([...words.values()].map(({ action }) => action))].join(', ')
  throw new FormatError(line, `the model has no operation "${excerpt(f)}"; it has ${known}`)
}

function keyOf({ f, key, input }: RecordedCall, dialect: Dialect, line: number): string | undefined {
  const { needsKey = false, keyField = 'key' } = dialect
  const found = (isRecord(input) ? input[keyField] : undefined) ?? key ?? undefined
  if (found !== undefined) return typeof found === 'string' ? found : canonical(found)
  if (needsKey) throw new FormatError(line, `"${f}" needs a key`)
  return undefined
}

function fieldsOf({ fields = [], optional = [] }: Word, { f, value, input }: RecordedCall, line: number): Fields {
  if (isRecord(input)) {
    const given = optional.filter((field) => input[field] !== undefined)
    return pick([...fields, ...given], (field) => input[field], f, line)
  }
  if (fields.length === 0) return {}
  if (fields.length === 1) return { [fields[0]!]: value }
  if (Array.isArray(value) && value.length === fields.length) {
    return pick(fields, (_, index) => (value as readonly unknown[])[index], f, line)
  }
  if (value instanceof Map) return pick(fields, (field) => (value as Map<unknown, unknown>).get(`:${field}`), f, line)
  if (isRecord(value)) return pick(fields, (field) => value[field], f, line)
  throw new FormatError(line, `"${f}" needs [${fields.join(' ')}] for its value, not ${excerpt(canonical(value))}`)
}

function pick(
  fields: readonly string[],
  get: (field: string, index: number) => unknown,
  f: string,
  line: number,
): Fields {
  return Object.fromEntries(
    fields.map((field, index) => {
      const value = get(field, index)
      if (value === undefined) throw new FormatError(line, `"${f}" needs ${field}`)
      return [field, value]
    }),
  )
}

function toldByFailure(operation: RecordedOperation, output: unknown, { answer, failure }: Word): unknown {
  if (failure !== undefined) return failure(operation)
  return operation.observed === true && output !== undefined ? answer?.(output, operation.input) : undefined
}

function isRecord(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map)
}

/**
 * Jepsen's independent keys: the value of every operation is a pair of key and value. They look like any vector of
 * two, so all must fit: reads begin with `[key nil]`, and what has two fields of its own has a vector for a value.
 */
function valuesAreTuples(operations: readonly RecordedOperation[], words: ReadonlyMap<string, Word>): boolean {
  return (
    operations.length > 0 &&
    operations.every(({ input: { f, key, value, input } }) => {
      const fields = words.get(f)?.fields ?? []
      if (key !== undefined || input !== undefined || !Array.isArray(value) || value.length !== 2) return false
      return fields.length === 0 ? value[1] === null : fields.length === 1 || Array.isArray(value[1])
    })
  )
}

function callInTuple({ f, value }: RecordedCall): RecordedCall {
  const [key, inner] = value as readonly unknown[]
  return { f, key, value: inner }
}

function valueInTuple(output: unknown): unknown {
  if (output instanceof Tuple) return output.value
  return Array.isArray(output) && output.length === 2 ? output[1] : output
}
