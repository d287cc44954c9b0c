import type { History, Operation, Outcome } from '../../../checks/history.ts'
import type { CasRegisterInput } from '../../../checks/models/cas-register.ts'
import type { DictionaryInput } from '../../../checks/models/dictionary.ts'

/** A history as a test writes it: who, what, answer, and the time it took in milliseconds. */
type Line<Input> = readonly [process: string, input: Input, output: unknown, invokedAtMs: number, returnedAtMs?: number]

/** Operations get the ids 0, 1, 2 …; one without a return crashed. */
export function historyOf<Input>(...lines: readonly Line<Input>[]): History<Input, unknown> {
  return lines.map(([process, input, output, invokedAtMs, returnedAtMs], id): Operation<Input, unknown> =>
    returnedAtMs === undefined
      ? { id, process, input, invokedAtMs, returnedAtMs: Infinity, outcome: 'info' }
      : { id, process, input, output, invokedAtMs, returnedAtMs, outcome: 'ok' },
  )
}

export function withOutcome<Input>(
  history: History<Input, unknown>,
  id: number,
  outcome: Outcome,
): History<Input, unknown> {
  return history.map((operation) => (operation.id === id ? { ...operation, outcome } : operation))
}

export const get = (key = 'x'): DictionaryInput => ({ action: 'get', key })
export const set = (value: unknown, key = 'x'): DictionaryInput => ({ action: 'set', key, value })

export const read: CasRegisterInput = { action: 'read' }
export const write = (value: unknown): CasRegisterInput => ({ action: 'write', value })
export const cas = (expected: unknown, next: unknown): CasRegisterInput => ({ action: 'cas', expected, next })
