import { expect, test } from 'vitest'
import { confusionOf, confusionTable } from '../../bench/confusion.ts'

const failures = [
  { bug: 'A', fingerprint: '1' },
  { bug: 'A', fingerprint: '1' },
  { bug: 'A', fingerprint: '2' },
  { bug: 'B', fingerprint: '2' },
  { bug: 'B', fingerprint: '3' },
]

test('every pair of failures counts once, by whether it is one bug and one fingerprint', () => {
  const { sameBug, differentBugs } = confusionOf(failures)
  expect(sameBug).toEqual({ together: 1, of: 4 })
  expect(differentBugs).toEqual({ together: 1, of: 6 })
})

test('the table has the share of pairs that are together, in percent', () => {
  expect(confusionTable(confusionOf(failures))).toBe(
    ['| | A | B |', '|---|---:|---:|', '| A | 33 |  |', '| B | 17 | · |'].join('\n'),
  )
})
