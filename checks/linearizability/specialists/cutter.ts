import type { TextView } from '../../model.ts'

/** Cuts texts into the pieces that they were made of. */
export class Cutter {
  private readonly pieces: ReadonlySet<string>
  /** How long pieces are. */
  private readonly lengths: readonly number[]
  private readonly known = new Map<string, readonly string[] | undefined>()
  /** The text that was cut last: what is cut next mostly begins with it. */
  private latest: { readonly text: string; readonly pieces: readonly string[] } = { text: '', pieces: [] }

  private constructor(pieces: ReadonlySet<string>) {
    this.pieces = pieces
    this.lengths = [...new Set([...pieces].map(({ length }) => length))].sort((left, right) => left - right)
  }

  /** For all that was put and appended; undefined where a piece is empty or begins with another. */
  static of(views: readonly TextView[]): Cutter | undefined {
    const pieces = new Set<string>()
    for (const { does, text } of views) if (does !== 'get') pieces.add(text)
    return pieces.has('') || !isPrefixFree([...pieces]) ? undefined : new Cutter(pieces)
  }

  /** Undefined where it is made of something that nobody wrote. */
  cut(text: string): readonly string[] | undefined {
    if (this.known.has(text)) return this.known.get(text)
    const pieces = this.cutAnew(text)
    this.known.set(text, pieces)
    if (pieces) this.latest = { text, pieces }
    return pieces
  }

  private cutAnew(text: string): readonly string[] | undefined {
    const { latest } = this
    const continues = text.startsWith(latest.text)
    const pieces = continues ? [...latest.pieces] : []
    for (let at = continues ? latest.text.length : 0; at < text.length;) {
      const length = this.lengths.find((size) => this.pieces.has(text.slice(at, at + size)))
      if (length === undefined) return undefined
      pieces.push(text.slice(at, at + length))
      at += length
    }
    return pieces
  }
}

function isPrefixFree(pieces: string[]): boolean {
  pieces.sort()
  return pieces.every((piece, index) => index === 0 || !piece.startsWith(pieces[index - 1]!))
}
