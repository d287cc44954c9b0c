/** ` x` for an object called x, nothing where the history has one object only. */
export function ofKey(key: string | undefined): string {
  return key === undefined ? '' : ` ${key}`
}
