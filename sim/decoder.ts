import type { PlainData } from './machine.ts'
import {
  NULL,
  UNDEFINED,
  FALSE,
  TRUE,
  INTEGER,
  NEGATIVE,
  FLOAT,
  BIGINT,
  STRING,
  ARRAY,
  OBJECT,
  MAP,
  SET,
  TYPED_ARRAY,
  SHORT_STRING,
  SMALL_INTEGER,
  MAX_DEPTH,
  typedArrayKinds,
} from './encoding-tags.ts'
import { readUtf8 } from './utf8.ts'

/** The bytes are damaged, or were never written by `encodePlain`. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  /** Where it was noticed. */
  readonly offset: number

  constructor(sentence: string, offset: number) {
    super(`${sentence} at byte ${offset}`)
    this.offset = offset
  }
}

/** Decodes what `encodePlain` gave. Throws a {@link DecodeError} for anything else, bytes left over included. */
export function decodePlain(bytes: Uint8Array): PlainData {
  const reader = new Reader(bytes)
  const value = reader.value(0)
  if (reader.offset !== bytes.length) throw new DecodeError('more bytes than the data needs', reader.offset)
  return value
}

const MAX_KNOWN_LENGTH = 31
const KNOWN_MASK = 511

/** Names of fields met before, each at a place made of its characters. */
const knownNames: string[] = Array.from({ length: KNOWN_MASK + 1 }, () => '')

class Reader {
  offset = 0
  private readonly bytes: Uint8Array
  private readonly view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  value(depth: number): PlainData {
    if (depth > MAX_DEPTH) this.damaged(`data nested more than ${MAX_DEPTH} deep`)
    const tag = this.byte()
    if (tag >= SMALL_INTEGER) return tag - SMALL_INTEGER
    if (tag >= SHORT_STRING) return this.text(tag - SHORT_STRING)
    switch (tag) {
      case NULL:
        return null
      case UNDEFINED:
        return undefined
      case FALSE:
        return false
      case TRUE:
        return true
      case INTEGER:
        return this.integer(128)
      case NEGATIVE:
        return -this.integer(1)
      case FLOAT:
        return this.float()
      case BIGINT:
        return this.bigint()
      case STRING:
        return this.longString()
      case ARRAY:
        return this.array(depth)
      case OBJECT:
        return this.object(depth)
      case MAP:
        return this.map(depth)
      case SET:
        return this.set(depth)
      case TYPED_ARRAY:
        return this.typedArray()
      default:
        return this.damaged(`unknown tag ${tag}`)
    }
  }

  private integer(least: number): number {
    const value = this.varint()
    return value >= least ? value : this.damaged('an integer longer than it need be')
  }

  private float(): number {
    this.need(8)
    const value = this.view.getFloat64(this.offset)
    const bits = this.view.getBigUint64(this.offset)
    this.offset += 8
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.damaged('an integer written as a float')
    if (Number.isNaN(value) && bits !== 0x7ff8000000000000n) this.damaged('an unusual NaN')
    return value
  }

  private bigint(): bigint {
    const digits = this.string()
    if (!/^(0|-?[1-9a-f][0-9a-f]*)$/.test(digits)) this.damaged('a bigint without digits')
    return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`)
  }

  private string(): string {
    const tag = this.byte()
    if (tag >= SHORT_STRING && tag < SMALL_INTEGER) return this.text(tag - SHORT_STRING)
    return tag === STRING ? this.longString() : this.damaged('no string where one must be')
  }

  /** Few names come again and again: one met before is looked up instead of built. */
  private fieldName(): string {
    this.need(1)
    const length = this.bytes[this.offset]! - SHORT_STRING
    if (length < 0 || length > MAX_KNOWN_LENGTH || this.offset + 1 + length > this.bytes.length) return this.string()
    let place = length
    for (let index = 1; index <= length; index++) place = (place * 31 + this.bytes[this.offset + index]!) & KNOWN_MASK
    const known = knownNames[place]!
    if (known.length === length && this.spells(known)) {
      this.offset += 1 + length
      return known
    }
    const name = this.string()
    if (name.length === length) knownNames[place] = name
    return name
  }

  /** True where the bytes behind the tag are the name's characters, all of them ASCII. */
  private spells(name: string): boolean {
    for (let index = 0; index < name.length; index++) {
      const byte = this.bytes[this.offset + 1 + index]!
      if (byte !== name.charCodeAt(index) || byte >= 0x80) return false
    }
    return true
  }

  private longString(): string {
    const length = this.varint()
    return length >= 64 ? this.text(length) : this.damaged('a string longer than it need be')
  }

  private text(length: number): string {
    this.need(length)
    const text = readUtf8(this.bytes, this.offset, this.offset + length)
    if (text === undefined) return this.damaged('text that is not UTF-8')
    this.offset += length
    return text
  }

  private array(depth: number): PlainData[] {
    const items: PlainData[] = []
    for (let count = this.count(1); count > 0; count--) items.push(this.value(depth + 1))
    return items
  }

  private object(depth: number): Record<string, PlainData> {
    const object: Record<string, PlainData> = {}
    let last: string | undefined
    for (let count = this.count(2); count > 0; count--) {
      const field = this.fieldName()
      if (last !== undefined && field <= last) this.damaged('fields out of order')
      last = field
      const value = this.value(depth + 1)
      // Plain assignment of this one name would change the prototype.
      if (field === '__proto__')
        Object.defineProperty(object, field, { value, enumerable: true, configurable: true, writable: true })
      else object[field] = value
    }
    return object
  }

  private map(depth: number): Map<PlainData, PlainData> {
    const map = new Map<PlainData, PlainData>()
    for (let count = this.count(2); count > 0; count--) {
      const key = this.value(depth + 1)
      if (map.has(key)) this.damaged('a key twice')
      map.set(key, this.value(depth + 1))
    }
    return map
  }

  private set(depth: number): Set<PlainData> {
    const set = new Set<PlainData>()
    for (let count = this.count(1); count > 0; count--) {
      const item = this.value(depth + 1)
      if (set.has(item)) this.damaged('an item twice')
      set.add(item)
    }
    return set
  }

  private typedArray(): PlainData {
    const kind = this.byte()
    const constructor = typedArrayKinds[kind]
    if (constructor === undefined) return this.damaged(`unknown kind ${kind} of typed array`)
    const width = constructor.BYTES_PER_ELEMENT
    const elements = new constructor(this.count(width))
    for (let index = 0; index < elements.length; index++) {
      elements[index] = readElement(this.view, this.offset, kind)
      this.offset += width
    }
    return elements
  }

  /** How many items follow, each of at least so many bytes: never more than there are bytes for. */
  private count(leastBytes: number): number {
    const count = this.varint()
    this.need(count * leastBytes)
    return count
  }

  private varint(): number {
    let value = 0
    let unit = 1
    for (let length = 0; length < 8; length++) {
      const byte = this.byte()
      value += (byte & 127) * unit
      if (byte < 128) {
        if (length > 0 && byte === 0) this.damaged('a length longer than it need be')
        return value <= Number.MAX_SAFE_INTEGER ? value : this.damaged('a number too large')
      }
      unit *= 128
    }
    return this.damaged('a number too large')
  }

  private byte(): number {
    this.need(1)
    return this.bytes[this.offset++]!
  }

  private need(length: number): void {
    if (this.offset + length > this.bytes.length) this.damaged('bytes end too early')
  }

  private damaged(sentence: string): never {
    throw new DecodeError(sentence, this.offset)
  }
}

function readElement(view: DataView, offset: number, kind: number): number {
  switch (kind) {
    case 0:
      return view.getUint8(offset)
    case 1:
      return view.getUint16(offset)
    case 2:
      return view.getUint32(offset)
    case 3:
      return view.getInt8(offset)
    case 4:
      return view.getInt16(offset)
    case 5:
      return view.getInt32(offset)
    case 6:
      return view.getFloat32(offset)
    default:
      return view.getFloat64(offset)
  }
}
