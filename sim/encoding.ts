/**
 * Plain data as bytes and back. Canonical: equal data gives equal bytes (an object's fields are sorted by code unit; a
 * Map and a Set keep their order of insertion, which is part of what they are), and the decoder takes nothing else.
 *
 * A value is a tag of one byte and what belongs to it. Lengths are varints (LEB128), numbers big-endian.
 */
export { encodeForNow, encodePlain } from './encoder.ts'
export { decodePlain, DecodeError } from './decoder.ts'
