import { describe, expect, test } from 'vitest'
import { judgeSetFull } from '../../../checks/judges/set-full.ts'
import { historyOf, withOutcome } from '../support/histories.ts'
import { figureIn, shapesIn, violationIn } from '../support/judgements.ts'

const read = { action: 'read' }
const add = (value: unknown) => ({ action: 'add', value })

describe('a set is good', () => {
  test('where the last reads have all that was added', () => {
    const history = historyOf(
      ['a', add(1), null, 0, 10],
      ['b', add(2), null, 5, 40],
      ['c', read, [1], 20, 30],
      ['c', read, new Set([2, 1]), 50, 60],
    )
    const judgement = judgeSetFull(history)
    expect(judgement.verdict).toBe('ok')
    expect(figureIn(judgement, 'stable')).toBe(2)
  })

  test('where a value that nobody knows about comes, or never comes', () => {
    const history = historyOf(
      ['a', add(1), null, 0],
      ['b', add(2), null, 0],
      ['c', read, [], 10, 20],
      ['c', read, [1], 30, 40],
    )
    const judgement = judgeSetFull(history)
    expect(judgement.verdict).toBe('ok')
    expect([figureIn(judgement, 'stable'), figureIn(judgement, 'never read')]).toEqual([1, 1])
  })

  test('where a read missed a value that a later one has, unless reads must be fresh', () => {
    const history = historyOf(['a', add(1), null, 0, 10], ['c', read, [], 35, 40], ['c', read, [1], 50, 60])
    const judgement = judgeSetFull(history)
    expect(judgement.verdict).toBe('ok')
    expect([figureIn(judgement, 'stale'), figureIn(judgement, 'stable latency, longest')]).toEqual([1, 25])
    expect(violationIn(judgeSetFull(history, { fresh: true }))).toMatchObject({
      shape: 'stale read',
      because: [
        'T1 added 1, and returned at 0.010',
        'However T2, invoked at 0.035, read the set without it: a contradiction',
      ],
    })
  })

  test('where two reads that overlap see a new value or not', () => {
    const history = historyOf(['a', add(1), null, 0], ['b', read, [1], 10, 40], ['c', read, [], 20, 30])
    expect(judgeSetFull(history).verdict).toBe('ok')
  })
})

describe('a set is broken', () => {
  test('where a value is lost that was added', () => {
    const history = historyOf(
      ['a', add(1), null, 0, 10],
      ['a', add(2), null, 20, 30],
      ['c', read, [1, 2], 40, 50],
      ['c', read, [2], 60, 70],
      ['c', read, [2], 80, 90],
    )
    expect(violationIn(judgeSetFull(history))).toMatchObject({
      shape: 'lost value',
      summary: '1 value was lost: 1',
      because: [
        'T1 added 1, and returned at 0.010',
        'However T2, invoked at 0.080, read the set without it, and no later read has it: a contradiction',
      ],
      operations: [0, 4],
    })
  })

  test('where a value is lost that only a read made known', () => {
    const history = historyOf(['a', add(1), null, 0], ['b', read, [1], 10, 20], ['c', read, null, 30, 40])
    expect(violationIn(judgeSetFull(history)).because).toEqual([
      'T2 read 1, which T1 added, and returned at 0.020',
      'However T3, invoked at 0.030, read the set without it, and no later read has it: a contradiction',
    ])
  })

  test('where it has a value that nobody added', () => {
    const history = historyOf(['a', add(1), null, 0, 10], ['b', read, [1, 7], 20, 30])
    expect(violationIn(judgeSetFull(history))).toMatchObject({
      shape: 'value nobody added',
      because: ['T1 read 7, which nobody added: a contradiction'],
    })
  })

  test('where it has the value of an add that failed', () => {
    const history = withOutcome(historyOf(['a', add(1), null, 0, 10], ['b', read, [1], 20, 30]), 0, 'fail')
    expect(violationIn(judgeSetFull(history))).toMatchObject({
      shape: 'value of a failed add',
      because: ['T1 failed to add 1', 'However T2 read 1: a contradiction'],
    })
  })

  test('where it had a value before it was added', () => {
    const history = historyOf(['b', read, [1], 0, 10], ['a', add(1), null, 20, 30], ['b', read, [1], 40, 50])
    expect(violationIn(judgeSetFull(history))).toMatchObject({ shape: 'value from the future', operations: [0, 1] })
  })

  test('where it has a value twice', () => {
    const history = historyOf(['a', add(1), null, 0, 10], ['b', read, [1, 1], 20, 30])
    expect(violationIn(judgeSetFull(history))).toMatchObject({ shape: 'value twice in a set' })
  })

  test('where it is none', () => {
    expect(shapesIn(judgeSetFull(historyOf(['b', read, 'abc', 20, 30])))).toEqual(['no set'])
  })
})

test('nothing is known of a set that was never read', () => {
  const history = historyOf(['a', add(1), null, 0, 10], ['b', read, null, 20])
  expect(judgeSetFull(history)).toMatchObject({
    verdict: 'unknown',
    reason: 'set-full: values were added, and no read of the set came back',
  })
})
