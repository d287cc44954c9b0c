import * as fc from 'fast-check'
import type { History, Operation } from '../../../checks/history.ts'
import type { CasRegisterInput } from '../../../checks/models/cas-register.ts'

interface Shape {
  /** True where each write writes a value of its own. */
  readonly unique: boolean
  readonly maxLength: number
  readonly updates?: boolean
}

/**
 * Reads, writes, and compare and sets by a few processes on two keys. What they were told is drawn at random from what
 * was written, so that about half of the small ones have an order.
 */
export function sessionHistory({ unique, maxLength, updates = true }: Shape): fc.Arbitrary<History<CasRegisterInput>> {
  const kinds = ['read', 'read', 'read', 'write', 'write', ...(updates ? (['cas'] as const) : [])]
  const call = fc.record({
    process: fc.constantFrom('a', 'b', 'c'),
    key: fc.constantFrom('x', 'x', 'y'),
    kind: fc.constantFrom(...kinds),
    found: fc.nat(maxLength),
    isAnswered: fc.nat(7).map((die) => die > 0),
    swaps: fc.nat(3).map((die) => die > 0),
  })
  return fc.array(call, { minLength: 1, maxLength }).map((calls) => {
    const written = (place: number): number => (unique ? place + 1 : (place % 2) + 1)
    return calls.map(({ process, key, kind, found, isAnswered, swaps }, id): Operation<CasRegisterInput> => {
      const sources = calls.flatMap((other, place) =>
        other.key === key && other.kind !== 'read' && place !== id ? [written(place)] : [],
      )
      const value = [null, ...sources][found % (sources.length + 1)]
      const input: CasRegisterInput =
        kind === 'read'
          ? { action: 'read', key }
          : kind === 'write'
            ? { action: 'write', key, value: written(id) }
            : { action: 'cas', key, expected: value, next: written(id) }
      const started = { id, process, input, invokedAtMs: 10 * id }
      if (!isAnswered) return { ...started, returnedAtMs: Infinity, outcome: 'info' }
      const output = kind === 'read' ? value : kind === 'cas' ? swaps : null
      return { ...started, output, returnedAtMs: 10 * id + 5, outcome: 'ok' }
    })
  })
}
