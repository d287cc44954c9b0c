/** A text that is not in the format it is said to be in. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  /** Counted from 1. */
  readonly line: number

  constructor(line: number, sentence: string) {
    super(`line ${line}: ${sentence}`)
    this.line = line
  }
}

/** The lines of a text that hold more than blanks, with their numbers, counted from 1. */
export function linesOf(text: string): { readonly line: number; readonly content: string }[] {
  return text
    .split('\n')
    .map((content, index) => ({ line: index + 1, content: content.trim() }))
    .filter(({ content }) => content !== '')
}
