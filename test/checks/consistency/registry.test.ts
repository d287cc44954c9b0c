import { describe, expect, test } from 'vitest'
import { CONSISTENCIES, consistencyNamed } from '../../../checks/consistency/registry.ts'
import { register } from '../../../checks/models/register.ts'
import { historyOf } from '../support/histories.ts'

const write = (value: number) => ({ action: 'write', value })
const read = { action: 'read' }

test('consistencies are found by their names', () => {
  expect(consistencyNamed('causal')?.about).toMatch(/overwritten/)
  expect(consistencyNamed('no such consistency')).toBeUndefined()
})

describe('the names that a history fails', () => {
  const failed = (history: ReturnType<typeof historyOf>): readonly string[] =>
    CONSISTENCIES.filter(({ judge }) => judge(history, register).verdict === 'violated').map(({ name }) => name)

  test('none, where reads are stale in order', () => {
    expect(failed(historyOf(['a', write(1), null, 0, 10], ['b', read, null, 20, 30]))).toEqual([])
  })

  test('all that promise it, where a process does not read its own write', () => {
    expect(failed(historyOf(['a', write(1), null, 0, 10], ['a', read, null, 20, 30]))).toEqual([
      'sequential',
      'causal-convergent',
      'causal-memory',
      'causal',
      'sessions',
      'read-your-writes',
    ])
  })

  test('the strict ones, where two processes disagree about two writes', () => {
    const history = historyOf(
      ['a', write(1), null, 0, 10],
      ['b', write(2), null, 0, 10],
      ['a', read, 2, 20, 30],
      ['b', read, 1, 20, 30],
    )
    expect(failed(history)).toEqual(['sequential', 'causal-convergent', 'sessions', 'read-your-writes'])
  })
})
