import { expect, test } from 'vitest'
import { compile } from '../support/compiler.ts'

test('the types take good machines and refuse bad ones', () => {
  expect(compile('-p', 'test/types/tsconfig.json')).toEqual([])
})
