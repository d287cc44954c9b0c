/** Undefined is no value in JSON, nor in an answer: written, it is null. */
export function held(value: unknown): unknown {
  return value === undefined ? null : value
}

/** ` x` for an object called x, nothing where the history has one object only. */
export function ofKey(key: string | undefined): string {
  return key === undefined ? '' : ` ${key}`
}
