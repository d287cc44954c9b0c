import { expect, test } from 'vitest'
import { entriesOf } from '../../../checks/linearizability/entry.ts'
import type { History } from '../../../checks/history.ts'
import type { DictionaryInput } from '../../../checks/models/dictionary.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import { precedenceOf } from '../../../checks/linearizability/precedence.ts'
import { contradictionInWords, seconds } from '../../../checks/linearizability/sentences.ts'
import { get, historyOf, set } from '../support/histories.ts'

function sentencesOf(history: History<DictionaryInput, unknown>): string[] {
  const entries = entriesOf(history)
  const precedence = precedenceOf(entries, dictionary.register!, dictionary.init())
  return contradictionInWords(precedence, entries, precedence.cycle!)
}

test('of two writers of a value, the one that was overwritten is struck out first', () => {
  const history = historyOf(
    ['a', set(1), null, 0, 10],
    ['a', set(2), null, 20, 30],
    ['b', set(1), null, 35, 100],
    ['c', get(), 1, 40, 50],
    ['c', get(), 2, 60, 70],
  )
  expect(sentencesOf(history)).toEqual([
    'T1 < T2, because T1 returned at 0.010 and T2 was invoked at 0.020',
    'T2 < T3, because T2 returned at 0.030 and T3 was invoked at 0.035',
    'T2 < T4, because T2 returned at 0.030 and T4 was invoked at 0.040',
    'T4 < T5, because T4 returned at 0.050 and T5 was invoked at 0.060',
    'T4 cannot have read the 1 of T1, because T2 overwrote it before',
    'T3 < T4, because T4 read 1, which T3 wrote',
    'However T5 < T3, because T5 read the 2 of T2, which T3 overwrote: a contradiction',
  ])
})

test('of two writers of a value, the one that came after the reader is struck out first', () => {
  const history = historyOf(
    ['a', set(1), null, 0, 100],
    ['c', get(), 1, 10, 20],
    ['c', get(), null, 30, 40],
    ['b', set(1), null, 50, 60],
  )
  expect(sentencesOf(history)).toEqual([
    'T2 < T3, because T2 returned at 0.020 and T3 was invoked at 0.030',
    'T2 < T4, because T2 returned at 0.020 and T4 was invoked at 0.050',
    'T2 cannot have read the 1 of T4, because T4 came later',
    'T1 < T2, because T2 read 1, which T1 wrote',
    'However T3 < T1, because T3 read the initial null, which T1 overwrote: a contradiction',
  ])
})

test('a write that the reader no longer found came before the one that it found', () => {
  const history = historyOf(
    ['a', set(1), null, 0, 100],
    ['b', set(2), null, 10, 20],
    ['c', get(), 1, 30, 40],
    ['c', get(), 2, 50, 60],
  )
  expect(sentencesOf(history)).toEqual([
    'T2 < T3, because T2 returned at 0.020 and T3 was invoked at 0.030',
    'T3 < T4, because T3 returned at 0.040 and T4 was invoked at 0.050',
    'T1 < T3, because T3 read 1, which T1 wrote',
    'T2 < T1, because T3, which came after T2, read the 1 of T1',
    'However T4 < T1, because T4 read the 2 of T2, which T1 overwrote: a contradiction',
  ])
})

test('milliseconds are written as seconds', () =>
  expect([seconds(2105), seconds(0.5), seconds(10.001, 6)]).toEqual(['2.105', '0.001', '0.010001']))
