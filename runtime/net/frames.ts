/**
 * Frames on a stream: the length of what follows (4 bytes, big-endian), the kind (1 byte), and the content.
 */
export const FrameKind = { hello: 1, welcome: 2, refused: 3, message: 4, alive: 5 } as const

export const FRAME_HEADER_BYTES = 5

/** Puts the frame's header in front of content that has room for it. */
export function finishFrame(frame: Uint8Array, kind: number): Uint8Array {
  writeUint32(frame, 0, frame.length - 4)
  frame[4] = kind
  return frame
}

export function frameOf(kind: number, content: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + content.length)
  frame.set(content, FRAME_HEADER_BYTES)
  return finishFrame(frame, kind)
}

/** What the keeping of a piece costs besides its bytes, about: who sends single bytes pays for it. */
const PIECE_BYTES = 64

/** Bytes of frames that are not whole yet, of all connections of a node together. */
export interface PartialBytes {
  bytes: number
  readonly most: number
}

/**
 * Cuts what comes in into frames, whatever pieces it comes in. What is kept of a frame that is not whole is what has
 * come of it, and no more: a length is only believed as far as bytes follow.
 */
export class FrameReader {
  private readonly partial: PartialBytes
  private pieces: Uint8Array[] = []
  private kept = 0
  private charged = 0

  constructor(partial: PartialBytes) {
    this.partial = partial
  }

  /** True where a frame has begun and is not whole. */
  get isWithin(): boolean {
    return this.kept > 0
  }

  /**
   * Takes in a piece and gives each whole frame to `onFrame`, as long as that returns true. Returns why it cannot go on,
   * if it cannot.
   *
   * @param mostBytes how long a frame may be, asked of each
   */
  take(
    piece: Uint8Array,
    mostBytes: () => number,
    onFrame: (kind: number, content: Uint8Array) => boolean,
  ): string | undefined {
    let bytes = piece
    if (this.kept > 0) {
      this.keep(piece)
      const length = this.announced()
      if (length !== undefined && (length < 1 || length > mostBytes())) return 'a frame too large'
      if (length === undefined || this.kept < 4 + length) return this.checkRoom()
      bytes = this.join()
    }
    let offset = 0
    while (offset + 4 <= bytes.length) {
      const length = uint32(bytes, offset)
      if (length < 1 || length > mostBytes()) return 'a frame too large'
      const end = offset + 4 + length
      if (end > bytes.length) break
      if (!onFrame(bytes[offset + 4]!, bytes.subarray(offset + FRAME_HEADER_BYTES, end))) return undefined
      offset = end
    }
    if (offset < bytes.length) this.keep(bytes.slice(offset))
    return this.checkRoom()
  }

  /** Forgets what has come of a frame that is not whole. */
  clear(): void {
    this.partial.bytes -= this.charged
    this.charged = 0
    this.kept = 0
    this.pieces = []
  }

  private checkRoom(): string | undefined {
    return this.partial.bytes > this.partial.most ? 'too much under way' : undefined
  }

  private keep(piece: Uint8Array): void {
    this.pieces.push(piece)
    this.kept += piece.length
    this.charged += piece.length + PIECE_BYTES
    this.partial.bytes += piece.length + PIECE_BYTES
  }

  /** The length of the frame that has begun, once four bytes of it are there. */
  private announced(): number | undefined {
    if (this.kept < 4) return undefined
    if (this.pieces[0]!.length < 4) this.pieces = [concat(this.pieces, this.kept)]
    return uint32(this.pieces[0]!, 0)
  }

  private join(): Uint8Array {
    const bytes = this.pieces.length === 1 ? this.pieces[0]! : concat(this.pieces, this.kept)
    this.clear()
    return bytes
  }
}

/** Big-endian. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

function concat(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}
