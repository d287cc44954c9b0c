import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../../../checks/linearizability/entry.ts'
import { fifoQueue } from '../../../../checks/linearizability/specialists/queue.ts'
import type { History } from '../../../../checks/history.ts'
import { queue } from '../../../../checks/models/queue.ts'
import type { QueueInput } from '../../../../checks/models/queue.ts'
import { brokenHistory, diceOf, playedHistory } from '../../support/dice.ts'
import type { Dice } from '../../support/dice.ts'
import { historyOf } from '../../support/histories.ts'
import { holdAgainstBruteForce } from '../../support/hold-against.ts'
import { judgedBy } from '../../support/judged.ts'
import { queueing } from '../../support/plays.ts'

const enqueue = (value: unknown): QueueInput => ({ action: 'enqueue', value })
const dequeue: QueueInput = { action: 'dequeue' }

const judged = (history: History<QueueInput, unknown>) => judgedBy(fifoQueue, queue, history)

test('small histories get the verdict of trying out every order, with evidence that holds', () => {
  const tally = holdAgainstBruteForce(fifoQueue, queueing, { seed: 1, count: 12_000, length: 9 })
  expect(tally.violated).toBeGreaterThan(2000)
  expect(tally.left).toBeLessThan(300)
})

describe('what condemns a history', () => {
  test('a value that was never enqueued', () => {
    expect(judged(historyOf(['c1', enqueue(1), null, 0, 10], ['c2', dequeue, 2, 20, 30]))).toEqual(['violated', 1])
  })

  test('a value dequeued twice', () => {
    const history = historyOf(
      ['c1', enqueue(1), null, 0, 10],
      ['c1', dequeue, 1, 20, 30],
      ['c2', dequeue, 1, 25, 35],
      ['c2', enqueue(2), null, 40, 50],
    )
    expect(judged(history)).toEqual(['violated', 0, 1, 2])
  })

  test('two values that come out in another order than they went in', () => {
    const history = historyOf(
      ['c1', enqueue(1), null, 0, 10],
      ['c1', enqueue(2), null, 20, 30],
      ['c2', dequeue, 2, 40, 50],
      ['c2', dequeue, 1, 60, 70],
    )
    // When 2 had come out it was certain already: 1 was in before it, and nobody had asked for it.
    expect(judged(history)).toEqual(['violated', 0, 1, 2])
  })

  test('a value that is lost: a later one comes out, and it never does', () => {
    const history = historyOf(
      ['c1', enqueue(1), null, 0, 10],
      ['c1', enqueue(2), null, 20, 30],
      ['c2', dequeue, undefined, 35],
      ['c3', enqueue(3), null, 40, 50],
      ['c4', dequeue, 3, 60, 70],
    )
    // The one that crashed may have taken 1 or 2, and not both.
    expect(judged(history)).toEqual(['violated', 0, 1, 2, 3, 4])
  })

  test('an empty queue, while at each moment one value or the next was in it', () => {
    const history = historyOf(
      ['c1', enqueue(1), null, 0, 10],
      ['c2', dequeue, null, 20, 100],
      ['c1', enqueue(2), null, 30, 40],
      ['c3', dequeue, 1, 50, 60],
      ['c3', dequeue, 2, 110, 120],
    )
    expect(judged(history)).toEqual(['violated', 0, 1, 2, 3])
  })
})

describe('what is no hindrance', () => {
  test('an empty queue at a moment between two values', () => {
    const history = historyOf(
      ['c1', enqueue(1), null, 0, 10],
      ['c2', dequeue, null, 20, 100],
      ['c1', enqueue(2), null, 30, 70],
      ['c3', dequeue, 1, 50, 60],
      ['c3', dequeue, 2, 110, 120],
    )
    expect(judged(history)).toEqual(['ok', 0, 3, 1, 2, 4])
  })

  test('a crashed enqueue whose value came out, and one whose value never did', () => {
    const history = historyOf(
      ['c1', enqueue(1), undefined, 0],
      ['c2', enqueue(2), undefined, 5],
      ['c3', dequeue, 2, 10, 20],
      ['c3', dequeue, null, 30, 40],
    )
    expect(judged(history)).toEqual(['ok', 1, 2, 3])
  })

  test('values that are lost where as many dequeues crashed', () => {
    const history = historyOf(
      ['c1', enqueue(1), null, 0, 10],
      ['c2', dequeue, undefined, 15],
      ['c1', enqueue(2), null, 20, 30],
      ['c3', dequeue, 2, 40, 50],
    )
    expect(judged(history)).toEqual(['ok', 0, 2, 1, 3])
  })

  test('a value that was enqueued twice and stays', () => {
    const history = historyOf(['c1', enqueue(1), null, 0, 10], ['c1', enqueue(1), null, 20, 30])
    expect(judged(history)).toEqual(['ok', 0, 1])
  })
})

describe('what is left to the general search', () => {
  test('a value that was enqueued twice and came out, unless the rest is condemned without it', () => {
    const twice = [
      ['c1', enqueue(1), null, 0, 10],
      ['c2', enqueue(1), null, 0, 10],
      ['c2', dequeue, 1, 20, 30],
    ] as const
    expect(judged(historyOf(...twice))).toEqual(['left'])
    expect(judged(historyOf(...twice, ['c2', dequeue, 3, 40, 50]))).toEqual(['violated', 3])
  })

  test('another object, and an enqueue of null, which as an answer means that there was nothing', () => {
    expect(fifoQueue([], { ...queue, collection: { ...queue.collection!, kind: 'stack' } })).toBe(undefined)
    expect(judged(historyOf(['c1', enqueue(null), null, 0, 10]))).toEqual(['left'])
  })
})

test('long histories, good and broken, in steps of their length', () => {
  const unique = {
    ...queueing,
    ask: (dice: Dice, serial: number) => (dice(2) === 0 ? enqueue(serial) : dequeue),
  }
  const history = playedHistory(unique, diceOf(3), 20_000, 2000)
  expect(fifoQueue(entriesOf(history), queue)).toMatchObject({ verdict: 'ok', steps: history.length })
  const broken = fifoQueue(entriesOf(brokenHistory(unique, history, diceOf(4))), queue)!
  expect(broken.verdict).toBe('violated')
  expect(broken.steps).toBeLessThan(30 * history.length)
})
