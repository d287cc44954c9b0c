import { canonical } from '../../plain.ts'
import { excerpt, FormatError, LONGEST_LINE } from '../lines.ts'
import { Pairing } from '../pairing.ts'
import type { EventType, HistoryParser, RecordedCall, Recording } from '../recording.ts'
import { CUT, EdnReader, Tuple } from './reader.ts'

const LEFT_CURLY = '{'.charCodeAt(0)
const RIGHT_CURLY = '}'.charCodeAt(0)
const COLON = ':'.charCodeAt(0)
const LEFT_SQUARE = '['.charCodeAt(0)
const RIGHT_SQUARE = ']'.charCodeAt(0)
const LEFT_ROUND = '('.charCodeAt(0)
const RIGHT_ROUND = ')'.charCodeAt(0)
const HASH = '#'.charCodeAt(0)

const NANOSECONDS_PER_MILLISECOND = 1e6
const TYPES: ReadonlySet<unknown> = new Set([':invoke', ':ok', ':fail', ':info'])
/** Stands for the process where none is named. */
const ONLY_CLIENT = 'client'
const EXPECTED = 'expected a map such as {:process 0, :type :invoke, :f :read, :value nil}'

/** The fields that count, as they were read. */
class Fields {
  process: unknown = undefined
  type: unknown = undefined
  f: unknown = undefined
  key: unknown = undefined
  value: unknown = null
  time: unknown = undefined
  error: unknown = undefined
}

function keep(fields: Fields, name: unknown, value: unknown): void {
  if (name === ':process') fields.process = value
  else if (name === ':type') fields.type = value
  else if (name === ':f') fields.f = value
  else if (name === ':key') fields.key = value
  else if (name === ':value') fields.value = value
  else if (name === ':time') fields.time = value
  else if (name === ':error') fields.error = value
}

/**
 * Jepsen's `history.edn`: a map for each end of an operation, one a line or all in a vector, with `:process`, `:type`
 * and `:f`, mostly `:value`, and sometimes `:time` in nanoseconds, `:error`, and a `:key` of its own. What clients did
 * has a number or a string for its process; that of the nemesis is a keyword, and is passed over. Where no map has any,
 * all are of one client. Other fields don't matter.
 */
export class EdnHistoryParser implements HistoryParser {
  private readonly reader = new EdnReader()
  private readonly pairing = new Pairing()
  private readonly processes = new Map<number, string>()
  /** Undefined before the first event. */
  private hasProcesses: boolean | undefined
  /** The names of the last map's fields: those of the next are mostly the same. */
  private readonly names: string[] = []
  /** Where the reader is: `bare` where no vector is around the events. */
  private place: 'before' | 'bare' | 'inside' | 'after' = 'before'
  private closing = RIGHT_SQUARE
  /** A form that is cut off is tried again when twice as much of it is there, so that a long one takes linear time. */
  private nextTryAt = 0

  push(text: string): void {
    this.reader.push(text)
    const { rest } = this.reader
    if (rest >= this.nextTryAt || rest > LONGEST_LINE) this.readAll()
  }

  end(): Recording {
    this.reader.close()
    this.readAll()
    return this.pairing.end()
  }

  private readAll(): void {
    const { reader } = this
    let start = reader.position
    try {
      while (this.next()) start = reader.position
      this.nextTryAt = 0
    } catch (error) {
      if (error !== CUT) throw error
      reader.rewind(start)
      if (reader.rest > LONGEST_LINE) {
        reader.refuse(`a form of more than ${LONGEST_LINE} characters, which no event of a history is`)
      }
      this.nextTryAt = 2 * reader.rest
    }
  }

  /** One event, or a bracket around them; false at the end. */
  private next(): boolean {
    const { reader } = this
    const here = reader.peek()
    if (here !== here) {
      if (this.place === 'inside') reader.refuse('the vector around all events has no end; the file may be cut off')
      return false
    }
    const opens = here === LEFT_SQUARE || here === LEFT_ROUND
    if (this.place === 'before' && opens) {
      reader.take()
      this.place = 'inside'
      this.closing = here === LEFT_SQUARE ? RIGHT_SQUARE : RIGHT_ROUND
    } else if (this.place === 'inside' && here === this.closing) {
      reader.take()
      this.place = 'after'
    } else if (this.place === 'after') reader.refuse('something follows the vector around all events')
    else this.event(here, reader.lineAt(reader.position))
    return true
  }

  private event(first: number, line: number): void {
    const { reader } = this
    if (this.place === 'before') this.place = 'bare'
    if (first === HASH) {
      reader.take()
      reader.token()
    }
    if (reader.peek() !== LEFT_CURLY) reader.refuse(EXPECTED)
    reader.take()
    const fields = this.fields()
    const { process, type, time, error } = fields
    this.hasProcesses ??= process !== undefined
    if (process === undefined && this.hasProcesses) {
      throw new FormatError(line, `${EXPECTED}, and this one has no :process`)
    }
    if (process !== undefined && !isClient(process)) return
    if (!TYPES.has(type)) throw new FormatError(line, `:type must be :invoke, :ok, :fail or :info${found(type)}`)
    this.pairing.add({
      line,
      type: (type as string).slice(1) as EventType,
      process: process === undefined ? ONLY_CLIENT : this.nameOf(process),
      call: callOf(fields),
      timeMs: typeof time === 'number' ? time / NANOSECONDS_PER_MILLISECOND : undefined,
      error: error === undefined || error === null ? undefined : nameIn(error),
    })
  }

  /** Up to and with the bracket that closes the map. */
  private fields(): Fields {
    const { reader, names } = this
    const fields = new Fields()
    let count = 0
    for (let here = reader.peek(); here !== RIGHT_CURLY; here = reader.peek()) {
      const name = here === COLON ? reader.token(names[count]) : reader.read()
      names[count++] = name as string
      keep(fields, name, reader.read())
    }
    reader.take()
    return fields
  }

  private nameOf(process: number | string): string {
    if (typeof process === 'string') return process
    let name = this.processes.get(process)
    if (name === undefined) this.processes.set(process, (name = String(process)))
    return name
  }
}

/** What an operation with these fields asks, or is answered. */
export function callOf({ f, key, value }: Pick<Fields, 'f' | 'key' | 'value'>): RecordedCall {
  const name = f === undefined ? 'txn' : nameIn(f)
  if (value instanceof Tuple) return { f: name, key: value.key, value: value.value }
  return key === undefined ? { f: name, value } : { f: name, key, value }
}

/** True for a number, or a string that is no keyword: the nemesis is one. */
function isClient(process: unknown): process is number | string {
  return typeof process === 'number' || (typeof process === 'string' && !process.startsWith(':'))
}

/** A keyword without its colon; anything else as text. */
function nameIn(value: unknown): string {
  if (typeof value !== 'string') return canonical(value)
  return value.startsWith(':') ? value.slice(1) : value
}

function found(value: unknown): string {
  return value === undefined ? '' : `, not ${excerpt(typeof value === 'string' ? value : canonical(value))}`
}
