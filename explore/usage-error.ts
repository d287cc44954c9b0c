/**
 * The caller's mistake: a bad option, an unknown scenario, a damaged token, a configuration that does not load. The
 * message is a sentence that says what to do about it; the code is stable, for programs.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code: string

  constructor(code: string, sentence: string, options?: { readonly cause?: unknown }) {
    super(sentence, options)
    this.code = code
  }
}
