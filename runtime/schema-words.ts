interface Issue {
  readonly path?: readonly PropertyKey[] | undefined
  readonly message: string
}

/** What a schema has against a value, in a few words for people: the first few places, and what is wrong there. */
export function schemaWords(error: { readonly message: string; readonly issues?: readonly Issue[] }): string {
  if (error.issues === undefined) return error.message.slice(0, 500)
  return error.issues
    .slice(0, 3)
    .map(({ path = [], message }) => (path.length === 0 ? message : `"${path.map(String).join('.')}": ${message}`))
    .join('; ')
}
