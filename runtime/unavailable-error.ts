/** A service that the command needs does not answer, or answers no; the sentence says which and what to do. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
}
