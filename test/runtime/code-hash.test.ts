import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeHash } from '../../runtime/code-hash.ts'
import { temporaryFolder, writeFiles } from '../support/temp-folder.ts'

test('is 7 hex digits, the same at every call', () => {
  expect(codeHash()).toMatch(/^[0-9a-f]{7}$/)
  expect(codeHash()).toBe(codeHash())
})

test('changes with the user’s files, and only with their contents', () => {
  const folder = temporaryFolder({ 'a.ts': 'one\ntwo\n', 'b.ts': 'three' })
  const files = [join(folder, 'a.ts'), join(folder, 'b.ts')]
  const before = codeHash(files)
  expect(before).not.toBe(codeHash())
  expect(codeHash([...files].reverse())).toBe(before)
  writeFiles(folder, { 'a.ts': 'one\r\ntwo\r\n' })
  expect(codeHash(files)).toBe(before)
  writeFiles(folder, { 'a.ts': 'one\ntwo\nt', 'b.ts': 'hree' })
  expect(codeHash(files)).not.toBe(before)
})
