import * as fc from 'fast-check'
import type { Outcome } from '../../../checks/history.ts'
import type { MicroOperation, TransactionHistory } from '../../../checks/transactions/transaction.ts'

interface Draft {
  readonly steps: readonly { readonly key: string; readonly isRead: boolean; readonly depth: number }[]
  readonly outcome: Outcome
  readonly atMs: number
  readonly lengthMs: number
}

const KEYS = ['x', 'y']
const step = fc.record({ key: fc.constantFrom(...KEYS), isRead: fc.boolean(), depth: fc.nat(9) })

function drafts(outcome: fc.Arbitrary<Outcome>, maxLength: number): fc.Arbitrary<readonly Draft[]> {
  const draft = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
    outcome,
    atMs: fc.nat(20),
    lengthMs: fc.nat(10),
  })
  return fc.array(draft, { minLength: 2, maxLength })
}

const anyOutcome: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>('ok', 'ok', 'ok', 'ok', 'info', 'fail')

/**
 * Transactions on lists, each key's versions in an order of their own: reads found some beginning of it. Some kept to
 * what their transaction did before, so that not all of them are plainly wrong.
 */
function asLists(all: readonly Draft[], orderSeed: number): TransactionHistory {
  let appends = 0
  const numbered = all.map((draft) => draft.steps.map(() => ++appends))
  const orders = new Map(
    KEYS.map((key) => {
      const values = all.flatMap(({ steps, outcome }, at) =>
        steps.flatMap((one, place) =>
          one.key === key && !one.isRead && outcome !== 'fail' ? [numbered[at]![place]!] : [],
        ),
      )
      return [key, (orderSeed + key.charCodeAt(0)) % 3 === 0 ? values.reverse() : values]
    }),
  )
  return all.map((draft, at) => {
    const known = new Map<string, readonly number[]>()
    const output = draft.steps.map(({ key, isRead, depth }, place): MicroOperation => {
      const value = numbered[at]![place]!
      if (isRead) {
        const order = orders.get(key)!
        const found = known.get(key) ?? order.slice(0, depth % (order.length + 1))
        known.set(key, found)
        return ['r', key, found.length === 0 ? null : found]
      }
      if (known.has(key)) known.set(key, [...known.get(key)!, value])
      return ['append', key, value]
    })
    return operation(draft, at, output)
  })
}

function asRegisters(all: readonly Draft[]): TransactionHistory {
  let writes = 0
  const numbered = all.map((draft) => draft.steps.map(() => ++writes))
  const written = (key: string): readonly (number | null)[] => [
    null,
    ...all.flatMap(({ steps }, at) =>
      steps.flatMap((one, place) => (one.key === key && !one.isRead ? [numbered[at]![place]!] : [])),
    ),
  ]
  return all.map((draft, at) => {
    const known = new Map<string, number | null>()
    const output = draft.steps.map(({ key, isRead, depth }, place): MicroOperation => {
      const values = written(key)
      const value = isRead ? (known.get(key) ?? values[depth % values.length]!) : numbered[at]![place]!
      known.set(key, value)
      return isRead ? ['r', key, value] : ['w', key, value]
    })
    return operation(draft, at, output)
  })
}

function operation(draft: Draft, id: number, output: readonly MicroOperation[]): TransactionHistory[number] {
  const { outcome, atMs, lengthMs } = draft
  const input = output.map((micro): MicroOperation => (micro[0] === 'r' ? ['r', micro[1], null] : micro))
  const base = { id, process: `c${id}`, input, invokedAtMs: 100 * atMs + id, outcome }
  if (outcome !== 'ok')
    return { ...base, returnedAtMs: outcome === 'info' ? Infinity : 100 * (atMs + lengthMs) + 50 + id }
  return { ...base, returnedAtMs: 100 * (atMs + lengthMs) + 50 + id, output }
}

export const listHistory: fc.Arbitrary<TransactionHistory> = fc
  .tuple(drafts(anyOutcome, 5), fc.nat(5))
  .map(([all, seed]) => asLists(all, seed))

export const registerHistory: fc.Arbitrary<TransactionHistory> = drafts(anyOutcome, 5).map(asRegisters)

/** All ended ok, and at the very end each key was read: nothing is unknown. */
export const endsWithReads: fc.Arbitrary<TransactionHistory> = fc
  .tuple(drafts(fc.constant<Outcome>('ok'), 4), fc.nat(5))
  .map(([all, seed]) => {
    const last: Draft = {
      steps: KEYS.map((key) => ({ key, isRead: true, depth: 0 })),
      outcome: 'ok',
      atMs: 100,
      lengthMs: 1,
    }
    const history = asLists([...all, last], seed)
    const full = history.at(-1)!
    const lists = full.output!.map(([, key]): MicroOperation => ['r', key, everything(history, key, seed)])
    return [...history.slice(0, -1), { ...full, output: lists }]
  })

/** The same, one after the other, by two processes and a third that read at the end. */
export const inTwoProcesses: fc.Arbitrary<TransactionHistory> = endsWithReads.map((history) =>
  history.map((one, at) => ({
    ...one,
    process: at === history.length - 1 ? 'last' : `c${one.input.length % 2}`,
    invokedAtMs: 100 * at,
    returnedAtMs: 100 * at + 50,
  })),
)

function everything(history: TransactionHistory, key: unknown, seed: number): readonly unknown[] | null {
  const values = history.flatMap(({ input }) =>
    input.flatMap(([action, of, value]) => (action === 'append' && of === key ? [value] : [])),
  )
  if (values.length === 0) return null
  return (seed + (key as string).charCodeAt(0)) % 3 === 0 ? values.reverse() : values
}
