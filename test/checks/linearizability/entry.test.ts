import { expect, test } from 'vitest'
import { entriesOf, entriesUpTo, precedes } from '../../../checks/linearizability/entry.ts'
import { cas, get, historyOf, set, withOutcome } from '../support/histories.ts'

test('an operation precedes another only if it returned before the other was invoked', () => {
  const [first, second, third] = entriesOf(
    historyOf(['a', set(1), null, 0, 20], ['b', get(), 1, 10, 30], ['a', get(), 1, 25, 40]),
  )
  expect([precedes(first!, second!), precedes(first!, third!), precedes(second!, third!)]).toEqual([false, true, false])
})

test('at the same time operations count as concurrent, unless the events of the trace tell them apart', () => {
  const history = historyOf(['a', set(1), null, 0, 10], ['b', get(), 1, 10, 20])
  const [first, second] = entriesOf(history)
  expect(precedes(first!, second!)).toBe(false)
  const numbered = history.map((operation, index) => ({
    ...operation,
    invokedAtEvent: 2 * index,
    returnedAtEvent: 2 * index + 1,
  }))
  const [earlier, later] = entriesOf(numbered)
  expect(precedes(earlier!, later!)).toBe(true)
})

test('a client that is answered and asks again in one event has returned first', () => {
  const [first, second] = entriesOf([
    { ...historyOf(['a', set(1), null, 0, 10])[0]!, invokedAtEvent: 1, returnedAtEvent: 7 },
    { ...historyOf(['a', get(), 1, 10, 20])[0]!, id: 1, invokedAtEvent: 7, returnedAtEvent: 9 },
  ])
  expect(precedes(first!, second!)).toBe(true)
})

test('failed operations are left out, and those that nobody knows about stay open', () => {
  const history = historyOf(['a', set(1), null, 0, 10], ['b', set(2), null, 5, 15], ['c', set(3), undefined, 6])
  const entries = entriesOf(withOutcome(withOutcome(history, 0, 'fail'), 1, 'info'))
  expect(entries.map(({ operation, returned }) => [operation.id, returned])).toEqual([
    [1, Infinity],
    [2, Infinity],
  ])
})

test('an operation that failed by what it found has returned, and its answer counts', () => {
  const [mismatch] = entriesOf(
    historyOf(['a', cas(1, 2), false, 0, 10]).map((operation) => ({ ...operation, outcome: 'fail', observed: true })),
  )
  expect(mismatch).toMatchObject({ output: false, invoked: 0, returned: 1 })
})

test('a beginning knows nothing of answers that came later', () => {
  const entries = entriesOf(historyOf(['a', get(), 1, 0, 50], ['b', set(1), null, 10, 20], ['b', get(), 1, 30, 40]))
  const [open, done, ...rest] = entriesUpTo(entries, entries[1]!.returned)
  expect(open).toMatchObject({ output: undefined, returned: Infinity })
  expect(done).toBe(entries[1])
  expect(rest).toEqual([])
})

test.each([
  [{ invokedAtMs: 9, returnedAtMs: 3 }, 'it returned at 3, before it was invoked at 9; give times of a clock that'],
  [{ invokedAtMs: Number.NaN }, 'it needs the times of its invocation and of its return in milliseconds'],
  [{ returnedAtMs: Number.NaN }, 'it needs the times of its invocation and of its return in milliseconds'],
  [{ outcome: 'done' as 'ok' }, 'its outcome must be "ok", "fail" or "info", not "done"'],
])('%j is no operation, and a sentence says so', (fault, sentence) => {
  const [good] = historyOf(['a', set(1), null, 0, 10])
  expect(() => entriesOf([{ ...good!, ...fault }])).toThrow(`operation 0 of a: ${sentence}`)
})
