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
import { utf8Length, writeUtf8 } from './utf8.ts'

/**
 * Encodes plain data. `reserveBytes` of zeros are left in front, for a header that the caller fills in. Throws a
 * TypeError for what is not plain data (a function, a class instance) or is nested more than 100 deep.
 */
export function encodePlain(value: PlainData, reserveBytes = 0): Uint8Array {
  scratch.begin(reserveBytes)
  scratch.value(value, 0)
  return scratch.bytes.slice(0, scratch.length)
}

/**
 * The same, in bytes that hold only until something else is encoded: for whoever copies them at once, as a disk does.
 */
export function encodeForNow(value: PlainData, reserveBytes = 0): Uint8Array {
  scratch.begin(reserveBytes)
  scratch.value(value, 0)
  return scratch.view()
}

/** The scratch buffer is kept up to this size. */
const KEPT_BYTES = 65_536
const FIRST_BYTES = 1_024
/** Views of fewer bytes than this are kept. */
const KEPT_VIEWS = 512

class Writer {
  bytes = new Uint8Array(FIRST_BYTES)
  length = 0
  private numbers = new DataView(this.bytes.buffer)
  /** Views of the first bytes, by how many these are: to make one costs as much as to encode a short record. */
  private views = new Array<Uint8Array | undefined>(KEPT_VIEWS)

  begin(reserveBytes: number): void {
    if (this.bytes.length > KEPT_BYTES) this.resize(FIRST_BYTES)
    this.length = 0
    this.reserve(reserveBytes)
    for (let index = 0; index < reserveBytes; index++) this.bytes[index] = 0
    this.length = reserveBytes
  }

  /** What was written, as long as nothing else is. */
  view(): Uint8Array {
    if (this.length >= KEPT_VIEWS) return this.bytes.subarray(0, this.length)
    return (this.views[this.length] ??= this.bytes.subarray(0, this.length))
  }

  value(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH) throw new TypeError(`data nested more than ${MAX_DEPTH} deep cannot be encoded`)
    this.reserve(10)
    switch (typeof value) {
      case 'string':
        this.string(value)
        break
      case 'number':
        this.number(value)
        break
      case 'boolean':
        this.byte(value ? TRUE : FALSE)
        break
      case 'undefined':
        this.byte(UNDEFINED)
        break
      case 'bigint':
        this.byte(BIGINT)
        this.string(value.toString(16))
        break
      case 'object':
        if (value === null) this.byte(NULL)
        else this.object(value, depth)
        break
      default:
        throw new TypeError(`a ${typeof value} cannot be encoded`)
    }
  }

  private number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      this.byte(FLOAT)
      this.numbers.setFloat64(this.length, Number.isNaN(value) ? NaN : value)
      this.length += 8
    } else if (value >= 0 && value < 128) {
      this.byte(SMALL_INTEGER | value)
    } else {
      this.byte(value < 0 ? NEGATIVE : INTEGER)
      this.varint(Math.abs(value))
    }
  }

  private string(text: string): void {
    // Short for certain: the bytes are written first, and then the tag that says how many they are.
    if (text.length <= 21) {
      this.reserve(64)
      const end = writeUtf8(text, this.bytes, this.length + 1)
      this.bytes[this.length] = SHORT_STRING | (end - this.length - 1)
      this.length = end
      return
    }
    const length = utf8Length(text)
    this.reserve(length + 10)
    if (length < 64) {
      this.byte(SHORT_STRING | length)
    } else {
      this.byte(STRING)
      this.varint(length)
    }
    this.length = writeUtf8(text, this.bytes, this.length)
  }

  private object(value: object, depth: number): void {
    if (Array.isArray(value)) {
      this.byte(ARRAY)
      this.varint(value.length)
      for (let index = 0; index < value.length; index++) this.value(value[index], depth + 1)
    } else if (value instanceof Map) {
      this.byte(MAP)
      this.varint(value.size)
      for (const [key, item] of value) {
        this.value(key, depth + 1)
        this.value(item, depth + 1)
      }
    } else if (value instanceof Set) {
      this.byte(SET)
      this.varint(value.size)
      for (const item of value) this.value(item, depth + 1)
    } else if (ArrayBuffer.isView(value)) {
      this.typedArray(value)
    } else {
      this.fields(value as Record<string, unknown>, depth)
    }
  }

  private fields(value: Record<string, unknown>, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) throw new TypeError('a class instance cannot be encoded')
    const fields = inOrder(Object.keys(value))
    this.byte(OBJECT)
    this.varint(fields.length)
    for (const field of fields) {
      this.string(field)
      this.value(value[field], depth + 1)
    }
  }

  private typedArray(value: ArrayBufferView): void {
    const kind = typedArrayKinds.findIndex((constructor) => value instanceof constructor)
    if (kind < 0) throw new TypeError('this kind of binary data cannot be encoded')
    const elements = value as unknown as ArrayLike<number>
    const width = typedArrayKinds[kind]!.BYTES_PER_ELEMENT
    this.reserve(12 + value.byteLength)
    this.byte(TYPED_ARRAY)
    this.byte(kind)
    this.varint(elements.length)
    for (let index = 0; index < elements.length; index++) {
      writeElement(this.numbers, this.length, kind, elements[index]!)
      this.length += width
    }
  }

  private byte(byte: number): void {
    this.bytes[this.length++] = byte
  }

  private varint(value: number): void {
    this.reserve(8)
    let rest = value
    while (rest >= 128) {
      this.byte(128 | (rest % 128))
      rest = Math.floor(rest / 128)
    }
    this.byte(rest)
  }

  private reserve(more: number): void {
    const needed = this.length + more
    if (needed > this.bytes.length) this.resize(Math.max(needed, this.bytes.length * 2))
  }

  private resize(size: number): void {
    const bytes = new Uint8Array(size)
    bytes.set(this.bytes.subarray(0, Math.min(this.length, size)))
    this.bytes = bytes
    this.numbers = new DataView(bytes.buffer)
    this.views = new Array<Uint8Array | undefined>(KEPT_VIEWS)
  }
}

/** One writer for all, as a buffer costs more than most data that is written into it. It holds nothing between two calls. */
const scratch = new Writer()

interface FieldOrder {
  readonly given: readonly string[]
  readonly sorted: readonly string[]
}

/** Sorting the same few names again and again costs more than looking them up: by the first name, orders met before. */
const knownOrders = new Map<string, FieldOrder[]>()
const MAX_FIRST_NAMES = 1_000
const MAX_ORDERS_EACH = 16

/** Names by code unit. */
function inOrder(given: readonly string[]): readonly string[] {
  if (given.length < 2) return given
  const first = given[0]!
  let orders = knownOrders.get(first)
  if (orders !== undefined) for (const order of orders) if (sameNames(order.given, given)) return order.sorted
  const sorted = [...given].sort()
  if (orders === undefined && knownOrders.size < MAX_FIRST_NAMES) knownOrders.set(first, (orders = []))
  if (orders !== undefined && orders.length < MAX_ORDERS_EACH) orders.push({ given, sorted })
  return sorted
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}

function writeElement(view: DataView, offset: number, kind: number, element: number): void {
  switch (kind) {
    case 0:
    case 3:
      view.setUint8(offset, element)
      break
    case 1:
    case 4:
      view.setUint16(offset, element)
      break
    case 2:
    case 5:
      view.setUint32(offset, element)
      break
    case 6:
      view.setFloat32(offset, element)
      break
    default:
      view.setFloat64(offset, element)
  }
}
