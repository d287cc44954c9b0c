/** A text that is not in the format it is said to be in. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  /** Counted from 1. */
  readonly line: number
  /** What is wrong there. */
  readonly sentence: string

  constructor(line: number, sentence: string) {
    super(`line ${line}: ${sentence}`)
    this.line = line
    this.sentence = sentence
  }
}

/** What is longer is no line of a history, and is refused before it fills the memory. In characters. */
export const LONGEST_LINE = 64 * 1024 * 1024

/** What is nested deeper is no value of a history, and is refused before it is looked through. */
export const DEEPEST = 256

/** Cuts a text that comes in pieces into lines. Blank ones are passed over, and counted. */
export class LineReader {
  private readonly visit: (content: string, line: number) => void
  private pieces: string[] = []
  private pending = 0
  private line = 1

  constructor(visit: (content: string, line: number) => void) {
    this.visit = visit
  }

  push(text: string): void {
    let from = 0
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      this.keep(text.slice(from, to))
      this.finish()
      from = to + 1
    }
    if (from < text.length) this.keep(text.slice(from))
  }

  end(): void {
    if (this.pending > 0) this.finish()
  }

  private keep(piece: string): void {
    this.pieces.push(piece)
    this.pending += piece.length
    if (this.pending <= LONGEST_LINE) return
    throw new FormatError(this.line, `longer than ${LONGEST_LINE} characters, which no line of a history is`)
  }

  private finish(): void {
    const content = (this.pieces.length === 1 ? this.pieces[0]! : this.pieces.join('')).trim()
    this.pieces = []
    this.pending = 0
    if (content !== '') this.visit(content, this.line)
    this.line++
  }
}

const LONGEST_EXCERPT = 60

/** The beginning of what was found, for a sentence that says what is wrong with it. */
export function excerpt(text: string): string {
  return text.length <= LONGEST_EXCERPT ? text : `${text.slice(0, LONGEST_EXCERPT - 1)}…`
}
