import { utf8Length, writeUtf8 } from '../../sim/utf8.ts'

const BLOCK_BYTES = 64
const ROUNDS = 80
/** The mark behind the message and its length in bits, which the last block must have room for. */
const TRAILER_BYTES = 9

/** The words of one block, expanded; used up before a digest is returned. */
const schedule = new Int32Array(ROUNDS)

/**
 * SHA-1 (FIPS 180-4, section 6.1) as 40 hexadecimal digits. It places keys on a ring and tells one content from
 * another among peers that trust each other; it is no defence against someone who wants two contents to collide.
 */
export function sha1(bytes: Uint8Array): string {
  const padded = pad(bytes)
  const hash = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0])
  for (let offset = 0; offset < padded.length; offset += BLOCK_BYTES) compress(hash, padded, offset)
  let digits = ''
  for (const word of hash) digits += (word >>> 0).toString(16).padStart(8, '0')
  return digits
}

/** SHA-1 of a text in UTF-8. */
export function sha1OfText(text: string): string {
  const bytes = new Uint8Array(utf8Length(text))
  writeUtf8(text, bytes, 0)
  return sha1(bytes)
}

function pad(bytes: Uint8Array): Uint8Array {
  const blocks = Math.ceil((bytes.length + TRAILER_BYTES) / BLOCK_BYTES)
  const padded = new Uint8Array(blocks * BLOCK_BYTES)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  // A length in bits has more than 32 of them from half a gigabyte on.
  writeWord(padded, padded.length - 8, Math.floor(bytes.length / 0x20000000))
  writeWord(padded, padded.length - 4, bytes.length << 3)
  return padded
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24
  bytes[at + 1] = word >>> 16
  bytes[at + 2] = word >>> 8
  bytes[at + 3] = word
}

function expand(bytes: Uint8Array, offset: number): void {
  for (let index = 0; index < 16; index++) {
    const at = offset + 4 * index
    schedule[index] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  }
  for (let index = 16; index < ROUNDS; index++) {
    const word = schedule[index - 3]! ^ schedule[index - 8]! ^ schedule[index - 14]! ^ schedule[index - 16]!
    schedule[index] = (word << 1) | (word >>> 31)
  }
}

function compress(hash: Int32Array, bytes: Uint8Array, offset: number): void {
  expand(bytes, offset)
  let a = hash[0]!
  let b = hash[1]!
  let c = hash[2]!
  let d = hash[3]!
  let e = hash[4]!
  for (let index = 0; index < ROUNDS; index++) {
    const next = (((a << 5) | (a >>> 27)) + choose(index, b, c, d) + e + schedule[index]!) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  hash[0] = hash[0]! + a
  hash[1] = hash[1]! + b
  hash[2] = hash[2]! + c
  hash[3] = hash[3]! + d
  hash[4] = hash[4]! + e
}

/** The round's function of three words, and its constant; a sum that stays within 32 bits is the quicker one. */
function choose(index: number, b: number, c: number, d: number): number {
  if (index < 20) return (((b & c) | (~b & d)) + 0x5a827999) | 0
  if (index < 40) return ((b ^ c ^ d) + 0x6ed9eba1) | 0
  if (index < 60) return (((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc) | 0
  return ((b ^ c ^ d) + 0xca62c1d6) | 0
}
