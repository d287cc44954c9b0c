/** What an encoded value begins with. */

export const NULL = 0x00
export const UNDEFINED = 0x01
export const FALSE = 0x02
export const TRUE = 0x03
/** A whole number up to 2^53 − 1, by its magnitude. */
export const INTEGER = 0x04
export const NEGATIVE = 0x05
export const FLOAT = 0x06
/** By its digits in base 16. */
export const BIGINT = 0x07
export const STRING = 0x08
export const ARRAY = 0x09
export const OBJECT = 0x0a
export const MAP = 0x0b
export const SET = 0x0c
/** Followed by which kind it is, the number of its elements, and they. */
export const TYPED_ARRAY = 0x0d
/** A string shorter than 64 bytes, its length in the tag. */
export const SHORT_STRING = 0x40
/** A whole number from 0 to 127 in the tag. */
export const SMALL_INTEGER = 0x80

/** Deeper data is refused both ways, so that hostile bytes cannot exhaust the stack. */
export const MAX_DEPTH = 100

export const typedArrayKinds = [
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Float32Array,
  Float64Array,
] as const
