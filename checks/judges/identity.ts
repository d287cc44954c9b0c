import { canonical } from '../plain.ts'

/** What a Map or a Set may tell plain values apart by: the same for equal contents, another for different ones. */
export function identity(value: unknown): unknown {
  // The mark in front keeps texts that a client wrote apart from those that stand for an object.
  return typeof value === 'object' && value !== null ? `\u0000${canonical(value)}` : value
}
