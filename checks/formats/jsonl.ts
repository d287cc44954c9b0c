import type { Operation } from '../history.ts'
import { DEEPEST, excerpt, FormatError, LineReader } from './lines.ts'
import { Pairing } from './pairing.ts'
import type { EventType, HistoryParser, RecordedCall, RecordedOperation, Recording } from './recording.ts'
import { WholeOperations } from './whole-operations.ts'

/** A line as JSON has it, once its fields are known to be of the right types. */
export interface JsonLine {
  readonly type: EventType
  readonly process: string | number
  readonly f?: string
  readonly key?: unknown
  readonly value?: unknown
  readonly input?: unknown
  readonly output?: unknown
  readonly observed?: boolean
  readonly error?: unknown
  readonly time?: number
  readonly index?: number
  readonly invoked?: number
  readonly returned?: number | null
}

const ANY = () => true
const isNumber = (value: unknown) => typeof value === 'number'
const isText = (value: unknown) => typeof value === 'string'

interface Field {
  readonly fits: (value: unknown) => boolean
  readonly what: string
}

/** Every field that a line may have, and what it must be. */
const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  [
    'type',
    {
      fits: (value) => value === 'invoke' || value === 'ok' || value === 'fail' || value === 'info',
      what: '"invoke", "ok", "fail" or "info"',
    },
  ],
  ['process', { fits: (value) => isText(value) || isNumber(value), what: 'a string or a number' }],
  ['f', { fits: isText, what: 'a string' }],
  ['key', { fits: ANY, what: '' }],
  ['value', { fits: ANY, what: '' }],
  ['input', { fits: ANY, what: '' }],
  ['output', { fits: ANY, what: '' }],
  ['observed', { fits: (value) => typeof value === 'boolean', what: 'true or false' }],
  ['error', { fits: ANY, what: '' }],
  ['time', { fits: isNumber, what: 'a number of milliseconds' }],
  ['index', { fits: isNumber, what: 'a number' }],
  ['invoked', { fits: isNumber, what: 'a number of milliseconds' }],
  ['returned', { fits: (value) => isNumber(value) || value === null, what: 'a number of milliseconds, or null' }],
])

/**
 * One JSON object a line, in one of two forms. Either a line for each end of an operation, in their order:
 * `{"type":"invoke","process":"c1","f":"write","key":"x","value":1,"time":12.5}`, later `{"type":"ok","process":"c1"}`;
 * or one for each operation, in any order: `{"type":"ok","process":"c1","f":"read","key":"x","output":1,"invoked":20,"returned":21.5}`.
 * Times are in milliseconds.
 */
export class JsonlParser implements HistoryParser {
  private readonly pairing = new Pairing()
  private readonly whole = new WholeOperations()
  private readonly reader = new LineReader((content, line) => this.line(content, line))
  private form: 'events' | 'operations' | undefined
  private lastTimeMs = -Infinity

  push(text: string): void {
    this.reader.push(text)
  }

  end(): Recording {
    this.reader.end()
    return this.form === 'operations' ? this.whole.end() : this.pairing.end()
  }

  private line(content: string, line: number): void {
    const record = recordOf(content, line)
    if (record.process === 'nemesis') return
    const form = record.invoked === undefined ? 'events' : 'operations'
    if (this.form !== undefined && this.form !== form) {
      const what = form === 'events' ? 'has no "invoked"' : 'has "invoked"'
      throw new FormatError(line, `it ${what}, unlike the lines above: give each line an operation, or each one end`)
    }
    this.form = form
    if (form === 'events') this.event(record, line)
    else this.whole.add(operationOf(record, line), line)
  }

  private event(record: JsonLine, line: number): void {
    const { type, process, time, error, observed } = record
    if (time !== undefined) {
      if (time < this.lastTimeMs) {
        throw new FormatError(
          line,
          `its time, ${time}, is before ${this.lastTimeMs}, that of a line above: sort the lines by time, or leave all times out where the order of the lines counts`,
        )
      }
      this.lastTimeMs = time
    }
    if (record.returned !== undefined) throw new FormatError(line, '"returned" goes with "invoked", which is not there')
    this.pairing.add({
      line,
      type,
      process: String(process),
      call: type === 'invoke' ? callOf(record, line) : answerOf(record),
      timeMs: time,
      error: textOf(error),
      observed,
    })
  }
}

function recordOf(content: string, line: number): JsonLine {
  let record: unknown
  try {
    record = JSON.parse(content)
  } catch {
    const cut = content.startsWith('{') && !content.endsWith('}')
    const why = cut ? 'the line ends in the middle; it may have been cut off' : `no JSON: ${excerpt(content)}`
    throw new FormatError(line, why)
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw new FormatError(line, `expected a JSON object, found ${excerpt(content)}`)
  }
  if (mayBeDeep(content) && isDeeper(record, DEEPEST)) {
    throw new FormatError(line, `values are nested more than ${DEEPEST} deep`)
  }
  for (const [name, value] of Object.entries(record)) {
    const field = FIELDS.get(name)
    if (field === undefined) {
      throw new FormatError(line, `unknown field "${excerpt(name)}"; there are ${[...FIELDS.keys()].join(', ')}`)
    }
    if (!field.fits(value)) {
      throw new FormatError(line, `"${name}" must be ${field.what}, not ${excerpt(JSON.stringify(value))}`)
    }
  }
  for (const name of ['type', 'process']) {
    if (!Object.hasOwn(record, name)) throw new FormatError(line, `there is no "${name}" in it`)
  }
  refuseInexact(content, line)
  return record as JsonLine
}

/** A value that is nested so deep has as many brackets: most lines need no closer look. */
function mayBeDeep(content: string): boolean {
  if (content.length <= 2 * DEEPEST) return false
  let brackets = 0
  for (let at = 0; at < content.length; at++) {
    const character = content[at]
    if ((character === '[' || character === '{') && ++brackets > DEEPEST) return true
  }
  return false
}

function isDeeper(value: unknown, deepest: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return deepest === 0 || Object.values(value).some((inner) => isDeeper(inner, deepest - 1))
}

const LONG_NUMBER = /\d{16}/
const NUMBERS = /-?\d[\d.eE+-]*/g
const WHOLE_NUMBER = /^-?\d{16,}$/

/** Two numbers that JSON cannot tell apart would be taken for one. */
function refuseInexact(content: string, line: number): void {
  if (!LONG_NUMBER.test(content)) return
  for (const [digits] of outsideStrings(content).matchAll(NUMBERS)) {
    if (WHOLE_NUMBER.test(digits) && !Number.isSafeInteger(Number(digits))) {
      throw new FormatError(line, `the number ${excerpt(digits)} is too large to be exact: write it as a string`)
    }
  }
}

/** What is left of a line of JSON without its strings. By hand, as a regular expression runs out of stack on long ones. */
function outsideStrings(content: string): string {
  const parts: string[] = []
  let from = 0
  for (let quote = content.indexOf('"'); quote !== -1; quote = content.indexOf('"', from)) {
    parts.push(content.slice(from, quote))
    from = endOfString(content, quote) + 1
  }
  return [...parts, content.slice(from)].join(' ')
}

function endOfString(content: string, quote: number): number {
  let end = content.indexOf('"', quote + 1)
  while (isEscaped(content, end)) end = content.indexOf('"', end + 1)
  return end
}

/** An odd number of backslashes stands before it. */
function isEscaped(content: string, at: number): boolean {
  let before = at
  while (content[before - 1] === '\\') before--
  return (at - before) % 2 === 1
}

function callOf(record: JsonLine, line: number): RecordedCall {
  const { f, key, value = null, input } = record
  if (input !== undefined) return { ...wordsOf(input), ...(f === undefined ? {} : { f }), input }
  if (f === undefined) throw new FormatError(line, 'there is no "f" in it, the name of the operation, and no "input"')
  return key === undefined ? { f, value } : { f, key, value }
}

/** An input that is a record names its operation in `action` or `f`. */
function wordsOf(input: unknown): RecordedCall {
  const record: { readonly [field: string]: unknown } = typeof input === 'object' ? { ...input } : {}
  const f = [record['action'], record['f']].find((name) => typeof name === 'string')
  return { f: (f as string | undefined) ?? '', key: record['key'], value: record['value'] ?? null }
}

function answerOf({ f = '', value, output }: JsonLine): RecordedCall {
  return { f, value: output === undefined ? value : output }
}

function textOf(error: unknown): string | undefined {
  if (error === undefined || error === null) return undefined
  return typeof error === 'string' ? error : JSON.stringify(error)
}

function operationOf(record: JsonLine, line: number): Omit<RecordedOperation, 'id'> {
  const { type, process, output, invoked, returned, error, observed } = record
  if (type === 'invoke') throw new FormatError(line, 'an operation ends "ok", "fail" or "info", and not "invoke"')
  if (record.time !== undefined) throw new FormatError(line, '"time" goes with one end; there is "invoked" already')
  const returnedAtMs = returned ?? Infinity
  if (returnedAtMs < invoked!) throw new FormatError(line, `it returned at ${returned}, before it was invoked`)
  if (type === 'ok' && returnedAtMs === Infinity) throw new FormatError(line, 'it ended ok, so it must have "returned"')
  const operation: Omit<Operation<RecordedCall, unknown>, 'id'> = {
    process: String(process),
    input: callOf(record, line),
    invokedAtMs: invoked!,
    returnedAtMs,
    outcome: type,
    output,
    reason: textOf(error),
  }
  if (observed !== undefined) operation.observed = observed
  return operation
}
