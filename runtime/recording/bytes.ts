const text = new TextDecoder()

/** Bytes written one after the other into a buffer that is used again. */
export class ByteWriter {
  bytes = Buffer.alloc(4096)
  length = 0

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.length++] = value
  }

  pair(one: number, other: number): void {
    this.reserve(2)
    const { bytes, length } = this
    bytes[length] = one
    bytes[length + 1] = other
    this.length = length + 2
  }

  /** A whole number from 0 up to 2^53 − 1, seven bits a byte, the lowest first. */
  varint(value: number): void {
    this.reserve(8)
    let rest = value
    if (rest < 128) {
      this.bytes[this.length++] = rest
      return
    }
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) this.bytes[this.length++] = 128 | (rest % 128)
    for (; rest >= 128; rest >>>= 7) this.bytes[this.length++] = 128 | (rest & 127)
    this.bytes[this.length++] = rest
  }

  /** A whole number that may be negative. */
  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  /** A byte, and a word of 32 bits behind it. */
  tagged(tag: number, word: number): void {
    this.reserve(5)
    const { bytes, length } = this
    bytes[length] = tag
    bytes[length + 1] = word >>> 24
    bytes[length + 2] = word >>> 16
    bytes[length + 3] = word >>> 8
    bytes[length + 4] = word
    this.length = length + 5
  }

  string(value: string): void {
    this.reserve(8 + 3 * value.length)
    if (this.asciiString(value)) return
    const length = Buffer.byteLength(value)
    this.varint(length)
    this.length += this.bytes.write(value, this.length)
  }

  /** Behind their number. */
  bytesOf(value: Uint8Array, offset = 0): void {
    const length = value.length - offset
    this.varint(length)
    this.reserve(length)
    this.bytes.set(offset === 0 ? value : value.subarray(offset), this.length)
    this.length += length
  }

  /** Leaves room for so many bytes, to be filled in later. */
  skip(length: number): void {
    this.reserve(length)
    this.length += length
  }

  /** A short string of ASCII, as names of nodes are: a call to the platform costs more than it. */
  private asciiString(value: string): boolean {
    if (value.length > 64) return false
    let at = this.length + 1
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index)
      if (unit >= 0x80) return false
      this.bytes[at++] = unit
    }
    this.bytes[this.length] = value.length
    this.length = at
    return true
  }

  private reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.bytes.length) return
    const larger = Buffer.alloc(Math.max(needed, 2 * this.bytes.length))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}

/** Reads what a {@link ByteWriter} wrote; throws a RangeError where there is nothing left to read. */
export class ByteReader {
  offset = 0
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.offset >= this.bytes.length
  }

  byte(): number {
    if (this.isAtEnd) throw new RangeError('the record ends too early')
    return this.bytes[this.offset++]!
  }

  varint(): number {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
  }

  signed(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  word(): number {
    return ((this.byte() << 24) | (this.byte() << 16) | (this.byte() << 8) | this.byte()) >>> 0
  }

  string(): string {
    return text.decode(this.take(this.varint()))
  }

  bytesOf(): Uint8Array {
    return this.take(this.varint())
  }

  private take(length: number): Uint8Array {
    const end = this.offset + length
    if (end > this.bytes.length) throw new RangeError('the record ends too early')
    const taken = this.bytes.subarray(this.offset, end)
    this.offset = end
    return taken
  }
}
