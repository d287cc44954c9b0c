import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HistoryFile } from '../../../runtime/chaos/history-file.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'

test('a history is written line by line', () => {
  const path = join(temporaryFolder(), 'some', 'history.jsonl')
  const file = new HistoryFile(path)
  file.add('{"one":1}')
  file.add('{"two":2}')
  file.close()
  expect([readFileSync(path, 'utf8'), file.problem]).toEqual(['{"one":1}\n{"two":2}\n', undefined])
})

test.skipIf(!existsSync('/dev/full'))('a full disk is said once, and breaks nobody who writes', () => {
  const file = new HistoryFile('/dev/full')
  file.add('{}')
  file.add('{}')
  file.close()
  expect(file.problem).toMatch(/^the history cannot be written to \/dev\/full: ENOSPC/)
})
