import { expect, test } from 'vitest'
import { JUDGES, judgeNamed } from '../../../checks/judges/registry.ts'

test('judges are listed by name, and found by it', () => {
  const names = JUDGES.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)].sort())
  expect(judgeNamed('bank')?.about).toMatch(/total/)
  expect(judgeNamed('no such judge')).toBeUndefined()
})

test('each judge finds nothing wrong with no history, and calls itself by its name', () => {
  for (const { judge } of JUDGES) expect(judge([])).toMatchObject({ verdict: 'ok', steps: 0 })
})
