import { finish, mix } from '../../sim/mix.ts'

/** 64 bits in two words: what stands for a state, a message, a part of either. */
export interface Fingerprint {
  readonly a: number
  readonly b: number
}

/** How plain data is read on its way into a fingerprint. */
export interface Reading {
  /** Names of nodes, and what they are called instead, wherever a text is just such a name. */
  readonly names?: ReadonlyMap<string, string> | undefined
  /** True where the order in which a Map or a Set was filled does not count. */
  readonly unordered: boolean
  /** An array of nothing but these names is taken for a set: a list of all servers is in no order that means anything. */
  readonly nodes?: ReadonlySet<string> | undefined
}

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)

/** The second word's step: other constants than `mix`, so that what collides in one word does not in the other. */
export function mixOther(hash: number, value: number): number {
  let h = Math.imul(hash ^ Math.imul(value, 0x2c1b3c6d), 0x85ebca77)
  h = (h << 17) | (h >>> 15)
  return (Math.imul(h, 9) + 0x297a2d39) | 0
}

/** Spreads the second word over all of its bits. */
export function finishOther(hash: number): number {
  let h = hash ^ (hash >>> 15)
  h = Math.imul(h, 0x2c1b3c6d)
  h ^= h >>> 12
  h = Math.imul(h, 0x297a2d39)
  return (h ^ (h >>> 15)) >>> 0
}

/** Texts that a folder keeps the fingerprints of. */
const MOST_TEXTS = 10_000

function textFingerprint(text: string): Fingerprint {
  let [a, b] = [text.length, text.length]
  for (let index = 0; index < text.length; index++) {
    a = mix(a, text.charCodeAt(index))
    b = mixOther(b, text.charCodeAt(index))
  }
  return { a: finish(a), b: finishOther(b) }
}

/**
 * Folds plain data into 64 bits: equal data gives an equal fingerprint, whatever the order of an object's fields. The
 * order of an array counts; that of a Map or a Set as well, unless said, since a machine can see it.
 */
export class Folder {
  private a = 0
  private b = 0
  private readonly reading: Reading
  private readonly met: WeakSet<object> | undefined
  private readonly texts = new Map<string, Fingerprint>()

  /** Every object on the way is added to `met`. */
  constructor(reading: Reading, met?: WeakSet<object>) {
    this.reading = reading
    this.met = met
  }

  of(...values: readonly unknown[]): Fingerprint {
    this.a = 1
    this.b = 2
    for (const value of values) this.fold(value)
    return { a: finish(this.a), b: finishOther(this.b) }
  }

  private add(value: number): void {
    this.a = mix(this.a, value)
    this.b = mixOther(this.b, value)
  }

  private fold(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.text(value)
        break
      case 'number':
        this.number(value)
        break
      case 'boolean':
        this.add(value ? 3 : 4)
        break
      case 'bigint':
        this.add(5)
        this.text(value.toString(16))
        break
      case 'object':
        if (value === null) this.add(6)
        else this.object(value)
        break
      default:
        this.add(7)
    }
  }

  /** The same few texts come again and again: names of fields and of nodes. */
  private text(text: string): void {
    let known = this.texts.get(text)
    if (known === undefined) {
      known = textFingerprint(this.reading.names?.get(text) ?? text)
      if (this.texts.size < MOST_TEXTS) this.texts.set(text, known)
    }
    this.a = mix(this.a, known.a)
    this.b = mixOther(this.b, known.b)
  }

  private number(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.add(2)
      this.add(value)
      return
    }
    float[0] = Number.isNaN(value) ? NaN : value
    this.add(8)
    this.add(words[0]!)
    this.add(words[1]!)
  }

  private object(value: object): void {
    this.met?.add(value)
    if (Array.isArray(value)) {
      if (this.isSetOfNodes(value)) {
        this.sum(14, value.length, value, (item) => this.fold(item))
        return
      }
      this.add(9)
      this.add(value.length)
      for (const item of value) this.fold(item)
    } else if (value instanceof Map) this.collection(10, value.size, value, ([key, item]) => this.pair(key, item))
    else if (value instanceof Set) this.collection(11, value.size, value, (item) => this.fold(item))
    else if (ArrayBuffer.isView(value)) this.bytes(value as unknown as ArrayLike<number> & ArrayBufferView)
    else this.record(value as Record<string, unknown>)
  }

  private isSetOfNodes(list: readonly unknown[]): boolean {
    const { nodes } = this.reading
    return nodes !== undefined && list.length > 1 && list.every((item) => typeof item === 'string' && nodes.has(item))
  }

  /** As `sum`, without a function for each record: this is what most states are made of. */
  private record(value: Record<string, unknown>): void {
    const { a, b } = this
    const fields = Object.keys(value)
    let [sumA, sumB] = [0, 0]
    for (const field of fields) {
      this.a = 13
      this.b = 13
      this.text(field)
      this.fold(value[field])
      sumA = (sumA + finish(this.a)) | 0
      sumB = (sumB + finishOther(this.b)) | 0
    }
    this.a = mix(mix(a, fields.length ^ 0x0d000000), sumA)
    this.b = mixOther(mixOther(b, fields.length ^ 0x0d000000), sumB)
  }

  private bytes(value: ArrayLike<number> & ArrayBufferView): void {
    this.add(12)
    this.add(value.length)
    this.add(value.byteLength)
    for (let index = 0; index < value.length; index++) this.number(value[index]!)
  }

  private pair(key: unknown, value: unknown): void {
    this.fold(key)
    this.fold(value)
  }

  private collection<Item>(tag: number, size: number, items: Iterable<Item>, fold: (item: Item) => void): void {
    if (this.reading.unordered) {
      this.sum(tag, size, items, fold)
      return
    }
    this.add(tag)
    this.add(size)
    for (const item of items) fold(item)
  }

  /** What is added up may come in any order. */
  private sum<Item>(tag: number, size: number, items: Iterable<Item>, fold: (item: Item) => void): void {
    const { a, b } = this
    let [sumA, sumB] = [0, 0]
    for (const item of items) {
      this.a = tag
      this.b = tag
      fold(item)
      sumA = (sumA + finish(this.a)) | 0
      sumB = (sumB + finishOther(this.b)) | 0
    }
    this.a = mix(mix(mix(a, tag), size), sumA)
    this.b = mixOther(mixOther(mixOther(b, tag), size), sumB)
  }
}

/** A running sum of fingerprints, each counted as often as it is there: the order in which they come does not count. */
export class FingerprintSum {
  private a = 0
  private b = 0

  /** `place` tells where it stands, where that counts. */
  add({ a, b }: Fingerprint, place = 0): void {
    this.a = (this.a + finish(mix(a, place))) | 0
    this.b = (this.b + finishOther(mixOther(b, place))) | 0
  }

  get value(): Fingerprint {
    return { a: finish(this.a), b: finishOther(this.b) }
  }
}

/** One fingerprint out of several, in this order. */
export function join(parts: readonly Fingerprint[]): Fingerprint {
  let [a, b] = [0, 0]
  for (const part of parts) {
    a = mix(a, part.a)
    b = mixOther(b, part.b)
  }
  return { a: finish(a), b: finishOther(b) }
}

export function same(left: Fingerprint, right: Fingerprint): boolean {
  return left.a === right.a && left.b === right.b
}

/** True where the left one comes first in an order of all fingerprints. */
export function before(left: Fingerprint, right: Fingerprint): boolean {
  return left.a === right.a ? left.b < right.b : left.a < right.a
}
