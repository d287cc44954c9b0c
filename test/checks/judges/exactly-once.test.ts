import { describe, expect, test } from 'vitest'
import { DeliveryJudge, judgeExactlyOnce } from '../../../checks/judges/exactly-once.ts'
import type { ExactlyOnceOptions } from '../../../checks/judges/exactly-once.ts'
import { historyOf, withOutcome } from '../support/histories.ts'
import { figureIn, shapesIn, violationIn } from '../support/judgements.ts'

const send = (value: unknown, key?: string, id?: number) => ({ action: 'send', value, key, id })
const receive = { action: 'receive' }
const of = (value: unknown, key?: string, id?: number) => ({ value, key, id })

describe('a history of sends and receives', () => {
  test('is good where each record comes out once, and those of a key in order', () => {
    const history = historyOf(
      ['a', send(1, 'x'), null, 0, 10],
      ['a', send(2, 'x'), null, 20, 30],
      ['a', send(3, 'y'), null, 40, 50],
      ['b', receive, [of(3, 'y'), of(1, 'x')], 60, 70],
      ['b', receive, of(2, 'x'), 80, 90],
      ['b', receive, null, 95, 99],
    )
    expect(judgeExactlyOnce(history).verdict).toBe('ok')
    expect(shapesIn(judgeExactlyOnce(history, { order: 'all' }))).toEqual(['out of order'])
  })

  test('a record that nobody knows to be sent may come out or not', () => {
    const history = historyOf(['a', send(1), null, 0], ['b', send(2), null, 0], ['c', receive, 2, 10, 20])
    expect(judgeExactlyOnce(history).verdict).toBe('ok')
  })

  test('of two sends that are alike, one of them perhaps, it is enough if one came out', () => {
    const history = historyOf(['a', send(1), null, 0], ['c', receive, 1, 10, 20], ['b', send(1), null, 30, 40])
    expect(judgeExactlyOnce(history).verdict).toBe('ok')
    expect(shapesIn(judgeExactlyOnce([...history.slice(0, 1), ...history.slice(2)]))).toEqual(['lost record'])
  })

  test('of records that are alike, either may be the one that came out late', () => {
    const history = historyOf(
      ['a', send(1, 'x'), null, 0, 10],
      ['a', send(2, 'x'), null, 20, 30],
      ['a', send(1, 'x'), null, 40],
      ['b', receive, [of(2, 'x'), of(1, 'x')], 50, 60],
      ['c', receive, null, 70],
    )
    expect(judgeExactlyOnce(history).verdict).toBe('ok')
  })

  test('a record may have come out in a receive without an answer', () => {
    const history = historyOf(['a', send(1), null, 0, 5], ['b', receive, null, 10])
    expect(judgeExactlyOnce(history).verdict).toBe('ok')
    expect(shapesIn(judgeExactlyOnce(history.slice(0, 1)))).toEqual(['lost record'])
  })

  test('names what was lost, and what came out twice', () => {
    const history = historyOf(
      ['a', send('p'), null, 0, 10],
      ['a', send('q'), null, 20, 30],
      ['b', receive, 'q', 40, 50],
      ['c', receive, 'q', 60, 70],
    )
    const verdict = judgeExactlyOnce(history)
    expect(verdict).toMatchObject({
      violations: [
        {
          shape: 'lost record',
          summary: '1 record never came out: "p"',
          because: ['T1 sent "p"', 'However it never came out: a contradiction'],
          operations: [0],
        },
        {
          shape: 'doubled record',
          because: ['T1 sent "q"', 'It came out as T2', 'However it came out again, as T3: a contradiction'],
          operations: [1, 2, 3],
        },
      ],
    })
    expect(shapesIn(judgeExactlyOnce(history, { mode: 'at-least-once' }))).toEqual(['lost record'])
    expect(shapesIn(judgeExactlyOnce(history, { mode: 'at-most-once' }))).toEqual(['doubled record'])
  })

  test('names what was altered, by its id', () => {
    const history = historyOf(['a', send(1, 'x', 7), null, 0, 10], ['b', receive, of(2, 'x', 7), 40, 50])
    expect(violationIn(judgeExactlyOnce(history))).toMatchObject({
      shape: 'altered record',
      because: ['T1 sent 1 of "x" (id 7)', 'However T2 is 2 of "x" (id 7) in its place: a contradiction'],
    })
  })

  test('takes a stranger of the same key for what became of a missing record', () => {
    const history = historyOf(['a', send(1, 'x'), null, 0, 10], ['b', receive, of(2, 'x'), 40, 50])
    expect(shapesIn(judgeExactlyOnce(history))).toEqual(['altered record'])
    const strange = historyOf(['a', send(1, 'x'), null, 0, 10], ['b', receive, of(2, 'y'), 40, 50])
    expect(shapesIn(judgeExactlyOnce(strange))).toEqual(['lost record', 'record nobody sent'])
  })

  test('names what was never sent, and what had failed to be', () => {
    const history = withOutcome(
      historyOf(['a', send(1), null, 0, 10], ['b', receive, 1, 40, 50], ['b', receive, 5, 60, 70]),
      0,
      'fail',
    )
    expect(violationIn(judgeExactlyOnce(history))).toMatchObject({
      shape: 'record of a failed send',
      summary: '2 records came out that nobody had sent: 1, 5',
      because: ['T1 failed to send 1', 'However T2 is 1: a contradiction'],
    })
  })

  test('the order counts where it is certain at both ends', () => {
    const passing = (sentMs: number, receivedMs: number) =>
      historyOf(
        ['a', send(1, 'x'), null, 0, 10],
        ['b', send(2, 'x'), null, sentMs, 30],
        ['c', receive, of(2, 'x'), 40, 50],
        ['d', receive, of(1, 'x'), receivedMs, 70],
      )
    expect(judgeExactlyOnce(passing(5, 60)).verdict).toBe('ok')
    expect(judgeExactlyOnce(passing(20, 45)).verdict).toBe('ok')
    expect(violationIn(judgeExactlyOnce(passing(20, 60)))).toMatchObject({
      shape: 'out of order',
      because: [
        'T1 sent 1 of "x" before T2 sent 2 of "x"',
        'However 2 of "x" came out first, as T3, and the other after it, as T4: a contradiction',
      ],
    })
    expect(judgeExactlyOnce(passing(20, 60), { order: 'none' }).verdict).toBe('ok')
  })

  test('a send that gave up at some time may have come through at any later one', () => {
    const history = historyOf(
      ['a', send(1, 'x'), null, 0, 10],
      ['b', send(2, 'x'), null, 20, 30],
      ['c', receive, of(2, 'x'), 40, 50],
      ['c', receive, of(1, 'x'), 60, 70],
    )
    expect(shapesIn(judgeExactlyOnce(history))).toEqual(['out of order'])
    expect(judgeExactlyOnce(withOutcome(history, 0, 'info')).verdict).toBe('ok')
  })

  test('values that come out without their keys are in the order of these all the same', () => {
    const history = historyOf(
      ['a', send(1, 'x'), null, 0, 10],
      ['a', send(2, 'x'), null, 20, 30],
      ['a', send(3, 'y'), null, 40, 50],
      ['c', receive, [3, 2, 1], 60, 70],
    )
    expect(violationIn(judgeExactlyOnce(history))).toMatchObject({ shape: 'out of order', operations: [0, 1, 3] })
  })

  test('what one receive answers is in order too', () => {
    const history = historyOf(
      ['a', send(1, 'x'), null, 0, 10],
      ['a', send(2, 'x'), null, 20, 30],
      ['c', receive, [of(2, 'x'), of(1, 'x')], 40, 50],
    )
    expect(shapesIn(judgeExactlyOnce(history))).toEqual(['out of order'])
  })
})

describe('a stream', () => {
  function judged(expected: readonly unknown[], received: readonly unknown[], options: ExactlyOnceOptions = {}) {
    const judge = new DeliveryJudge(options)
    for (const value of expected) judge.expect({ value, key: 'k' })
    for (const value of received) judge.receive({ value, key: 'k' })
    return judge.verdict()
  }

  test.each([
    ['is good', [1, 2, 3], [1, 2, 3], []],
    ['is good where records are alike', [1, 1, 2], [1, 1, 2], []],
    ['lost one', [1, 2, 3], [1, 3], ['lost record']],
    ['doubled one', [1, 2], [1, 2, 2], ['doubled record']],
    ['doubled one of those alike', [1, 1], [1, 1, 1], ['doubled record']],
    ['altered one', [1, 2, 3], [1, 9, 3], ['altered record']],
    ['has one too many', [1], [1, 9], ['record nobody sent']],
    ['is out of order', [1, 2, 3], [2, 1, 3], ['out of order']],
    ['is out of order where records are alike', [1, 2, 1], [2, 1, 1], ['out of order']],
    ['lost one of those alike, which may be the first', [1, 2, 1], [2, 1], ['lost record']],
  ])('%s', (_what, expected, received, shapes) => {
    expect(shapesIn(judged(expected, received))).toEqual(shapes)
  })

  test('names the sources', () => {
    const judge = new DeliveryJudge({ name: 'orders' })
    judge.receive({ value: 'p' })
    judge.expect({ value: 'p', source: 'orders.csv:17' })
    expect(judge.verdict().verdict).toBe('ok')
    judge.receive({ value: 'p', source: 'partition 3, offset 9' })
    expect(violationIn(judge.verdict())).toMatchObject({
      property: 'orders',
      because: [
        'input 1 (orders.csv:17) sent "p"',
        'It came out as output 1',
        'However it came out again, as output 2 (partition 3, offset 9): a contradiction',
      ],
    })
  })

  test('of at-least-once may come again, and is in order where first copies are', () => {
    expect(judged([1, 2, 3], [1, 2, 1, 2, 3], { mode: 'at-least-once' }).verdict).toBe('ok')
    expect(shapesIn(judged([1, 2, 3], [1, 3, 2, 3], { mode: 'at-least-once' }))).toEqual(['out of order'])
  })

  test('of two hundred thousand records is judged as it comes', () => {
    const judge = new DeliveryJudge()
    for (let id = 0; id < 200_000; id++) {
      judge.expect({ id, key: id % 100, value: 2 * id })
      if (id >= 50) judge.receive({ id: id - 50, key: (id - 50) % 100, value: 2 * (id - 50) })
    }
    const judgement = judge.verdict()
    expect(shapesIn(judgement)).toEqual(['lost record'])
    expect([figureIn(judgement, 'received'), figureIn(judgement, 'lost')]).toEqual([199_950, 50])
    expect(judgement.steps).toBe(399_950)
  })
})
