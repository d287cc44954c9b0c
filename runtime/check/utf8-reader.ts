import { FormatError } from '../../checks/formats/lines.ts'

const LINE_FEED = 10

/** Text out of bytes that come in pieces, cut anywhere; a line that is no UTF-8 is named. */
export class Utf8Reader {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true })
  /** Of the first byte of the next piece. */
  private line = 1

  /** Up to the end of the last piece. */
  get linesRead(): number {
    return this.line
  }

  push(bytes: Uint8Array): string {
    return this.decode(bytes, true)
  }

  end(): string {
    return this.decode(new Uint8Array(), false)
  }

  private decode(bytes: Uint8Array, stream: boolean): string {
    let text: string
    try {
      text = this.decoder.decode(bytes, { stream })
    } catch {
      const line = this.line + (stream ? linesUpToFault(bytes) : 0)
      throw new FormatError(line, 'its bytes are no UTF-8: convert the file, or see whether it is damaged')
    }
    const zero = text.indexOf('\0')
    if (zero !== -1) {
      const line = this.line + text.slice(0, zero).split('\n').length - 1
      throw new FormatError(line, 'a zero byte: this is no text file, or a damaged one')
    }
    this.line += countLines(bytes)
    return text
  }
}

/** How many lines end before the first byte that is at fault. */
function linesUpToFault(bytes: Uint8Array): number {
  let from = firstBoundary(bytes)
  let lines = 0
  for (let to = bytes.indexOf(LINE_FEED, from); to !== -1; to = bytes.indexOf(LINE_FEED, from)) {
    if (!isUtf8(bytes.subarray(from, to))) return lines
    from = to + 1
    lines++
  }
  // Where all of it is right, it is the character that this piece should have continued.
  return isUtf8(bytes.subarray(from)) ? 0 : lines
}

/** The first byte that does not continue a character of the piece before. */
function firstBoundary(bytes: Uint8Array): number {
  const at = bytes.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80)
  return Math.max(at, 0)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

function countLines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count++
  return count
}
