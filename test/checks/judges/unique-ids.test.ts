import { expect, test } from 'vitest'
import { judgeUniqueIds, uniqueIds } from '../../../checks/judges/unique-ids.ts'
import { historyOf, withOutcome } from '../support/histories.ts'
import { figureIn, violationIn } from '../support/judgements.ts'

const generate = { action: 'generate' }

test('ids that are all different are good, whatever they are', () => {
  const history = historyOf(
    ['a', generate, 1, 0, 10],
    ['b', generate, '1', 0, 10],
    ['a', generate, [1], 20, 30],
    ['b', generate, '[1]', 20, 30],
    ['c', generate, null, 40],
    ['d', generate, null, 40],
  )
  const judgement = judgeUniqueIds(history)
  expect(judgement.verdict).toBe('ok')
  expect([figureIn(judgement, 'attempted'), figureIn(judgement, 'acknowledged')]).toEqual([6, 4])
})

test('an id that was given twice is a breach that names both', () => {
  const history = historyOf(
    ['a', generate, 6, 0, 10],
    ['a', generate, { node: 1, count: 2 }, 20, 30],
    ['b', generate, { count: 2, node: 1 }, 35, 40],
  )
  expect(violationIn(judgeUniqueIds(history))).toEqual({
    property: 'unique-ids',
    shape: 'id given twice',
    summary: '1 id was given more than once: {"count":2,"node":1}',
    because: [
      'T1 was given {"count":2,"node":1} at 0.030',
      'However T2 was given {"count":2,"node":1} too, at 0.040: a contradiction',
    ],
    operations: [1, 2],
    atMs: 40,
    atEvent: undefined,
  })
})

test('who failed was given nothing', () => {
  const history = withOutcome(historyOf(['a', generate, 6, 0, 10], ['b', generate, 6, 20, 30]), 1, 'fail')
  expect(judgeUniqueIds(history).verdict).toBe('ok')
})

test('as a property of a scenario it has a name of its own', () => {
  const property = uniqueIds({ name: 'order numbers' })
  const view = { nowMs: 0, nodes: [], node: () => undefined }
  const history = historyOf(['a', generate, 6, 0, 10], ['b', generate, 6, 20, 30])
  expect(property.name).toBe('order numbers')
  expect(violationIn(property.check(history, view)).property).toBe('order numbers')
})
