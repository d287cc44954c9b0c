/**
 * UTF-8 of our own, as the deterministic parts do without a platform's. A surrogate that stands alone, which JavaScript
 * strings may hold and Unicode may not, becomes the three bytes its number would take (as in WTF-8, Sapin), so that
 * every string comes back as it was. Nothing else is taken: no overlong forms, no pairs in two halves.
 */

/** The length of the text in UTF-8, in bytes. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    length += unit < 0x800 ? 1 : 2
    // A pair takes four bytes, of which two are counted with each half's unit and two here.
    if (isHigh(unit) && isLow(text.charCodeAt(index + 1))) index++
  }
  return length
}

/** Writes the text at `offset`, where there must be room for it; returns the offset behind it. */
export function writeUtf8(text: string, bytes: Uint8Array, offset: number): number {
  let at = offset
  for (let index = 0; index < text.length; index++) {
    let point = text.charCodeAt(index)
    if (point < 0x80) {
      bytes[at++] = point
      continue
    }
    if (isHigh(point) && isLow(text.charCodeAt(index + 1))) {
      point = 0x10000 + ((point & 0x3ff) << 10) + (text.charCodeAt(++index) & 0x3ff)
    }
    if (point < 0x800) {
      bytes[at++] = 0xc0 | (point >> 6)
    } else {
      if (point < 0x10000) {
        bytes[at++] = 0xe0 | (point >> 12)
      } else {
        bytes[at++] = 0xf0 | (point >> 18)
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f)
      }
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f)
    }
    bytes[at++] = 0x80 | (point & 0x3f)
  }
  return at
}

/** So many characters at a time, where a text is long: put together from fewer it would be a heap of small objects. */
const PIECE = 1_024

/** The text between two offsets, or undefined where the bytes are not what {@link writeUtf8} writes. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  const text = readAscii(bytes, start, end)
  const at = start + text.length
  if (at === end) return text
  const rest = readAny(bytes, at, end)
  return rest === undefined ? undefined : text + rest
}

function readAny(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = ''
  let units: number[] = []
  let lastHigh = false
  for (let at = start; at < end;) {
    const first = bytes[at]!
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    const point = length === 1 ? first : at + length <= end ? decodePoint(bytes, at, length) : -1
    if (point < 0 || (lastHigh && isLow(point))) return undefined
    if (point < 0x10000) units.push(point)
    else units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff))
    lastHigh = isHigh(point)
    at += length
    if (units.length < PIECE) continue
    text += String.fromCharCode.apply(null, units)
    units = []
  }
  return text + String.fromCharCode.apply(null, units)
}

/** As many characters from the start as are ASCII, a few at a time, as building a text one by one is slow. */
function readAscii(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  let at = start
  while (at + PIECE <= end && isAscii(bytes, at, at + PIECE)) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + PIECE) as unknown as number[])
    at += PIECE
  }
  while (at + 4 <= end) {
    const [a, b, c, d] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!]
    if ((a | b | c | d) >= 0x80) break
    text += String.fromCharCode(a, b, c, d)
    at += 4
  }
  while (at < end && bytes[at]! < 0x80) text += String.fromCharCode(bytes[at++]!)
  return text
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! >= 0x80) return false
  return true
}

/** A code point of two to four bytes; −1 where they are none, or not its shortest form. */
function decodePoint(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at]!
  if (first < 0xc2 || first > 0xf4) return -1
  let point = length === 2 ? first & 0x1f : length === 3 ? first & 0x0f : first & 0x07
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index]!
    if ((byte & 0xc0) !== 0x80) return -1
    point = (point << 6) | (byte & 0x3f)
  }
  if (length === 3 && point < 0x800) return -1
  if (length === 4 && (point < 0x10000 || point > 0x10ffff)) return -1
  return point
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}
