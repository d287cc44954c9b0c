import { describe, expect, test } from 'vitest'
import { judgeTotalQueue } from '../../../checks/judges/total-queue.ts'
import { historyOf, withOutcome } from '../support/histories.ts'
import { figureIn, shapesIn, violationIn } from '../support/judgements.ts'

const enqueue = (value: unknown) => ({ action: 'enqueue', value })
const dequeue = { action: 'dequeue' }
const drain = { action: 'drain' }

describe('a queue is good', () => {
  test('where all that went in came out, in any order', () => {
    const history = historyOf(
      ['a', enqueue(1), null, 0, 10],
      ['a', enqueue(2), null, 20, 30],
      ['a', enqueue(1), null, 40, 50],
      ['b', dequeue, 2, 60, 70],
      ['b', drain, [1, 1], 80, 90],
      ['b', dequeue, null, 92, 95],
    )
    expect(judgeTotalQueue(history, { allowDuplicates: false }).verdict).toBe('ok')
  })

  test('where what nobody knew to be in came out', () => {
    const judgement = judgeTotalQueue(historyOf(['a', enqueue(1), null, 0], ['b', dequeue, 1, 60, 70]))
    expect(judgement.verdict).toBe('ok')
    expect(figureIn(judgement, 'recovered')).toBe(1)
  })

  test('where what is missing may have come out without an answer', () => {
    const judgement = judgeTotalQueue(historyOf(['a', enqueue(1), null, 0, 10], ['b', dequeue, null, 20]))
    expect(judgement.verdict).toBe('ok')
    expect(figureIn(judgement, 'lost')).toBe(1)
  })

  test('where a value came out twice, if that is allowed', () => {
    const history = historyOf(['a', enqueue(1), null, 0, 10], ['b', dequeue, 1, 20, 30], ['c', dequeue, 1, 40, 50])
    expect(judgeTotalQueue(history).verdict).toBe('ok')
    expect(violationIn(judgeTotalQueue(history, { allowDuplicates: false }))).toMatchObject({
      shape: 'value came out twice',
      because: ['T1 enqueued 1: no more than 1 time', 'However T2 and T3 took it 2 times: a contradiction'],
    })
  })
})

describe('a queue is broken', () => {
  test('where a value never came out', () => {
    const history = historyOf(
      ['a', enqueue(1), null, 0, 10],
      ['a', enqueue(2), null, 20, 30],
      ['b', dequeue, 2, 60, 70],
    )
    expect(violationIn(judgeTotalQueue(history))).toMatchObject({
      shape: 'lost value',
      summary: '1 value never came out: 1',
      because: ['T1 enqueued 1, and returned at 0.010', 'However no dequeue took 1: a contradiction'],
      operations: [0],
    })
  })

  test('where more is missing than can have come out without an answer', () => {
    const history = historyOf(['a', enqueue(1), null, 0, 10], ['a', enqueue(2), null, 20, 30], ['b', dequeue, null, 60])
    expect(violationIn(judgeTotalQueue(history)).because).toEqual([
      'T1 enqueued 1, and returned at 0.010',
      '1 dequeue ended without an answer and may have taken a value each',
      'However 2 are missing, 1 among them: a contradiction',
    ])
  })

  test('where something came out that nobody had put in', () => {
    expect(violationIn(judgeTotalQueue(historyOf(['b', drain, [5], 60, 70])))).toMatchObject({
      shape: 'value nobody enqueued',
      because: ['T1 took 5, which nobody enqueued: a contradiction'],
    })
  })

  test('where something came out that had failed to go in', () => {
    const history = withOutcome(historyOf(['a', enqueue(1), null, 0, 10], ['b', dequeue, 1, 60, 70]), 0, 'fail')
    expect(shapesIn(judgeTotalQueue(history))).toEqual(['value of a failed enqueue'])
  })
})
