import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../support/compiler.ts'
import { temporaryFolder } from '../support/temp-folder.ts'
import { petrel } from '../cli/support/petrel.ts'

const EXAMPLE = join(ROOT, 'examples', 'recorded-store')
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')

test('the recorded store passes, its bug is found, and the recording is one that the command judges', () => {
  const folder = temporaryFolder()
  const { VITEST: _inside, ...inherited } = process.env
  const env = { ...inherited, NO_COLOR: '1', PETREL_RECORD: join(folder, 'history.jsonl') }
  const { status, stdout } = spawnSync(process.execPath, [VITEST, 'run'], { cwd: EXAMPLE, encoding: 'utf8', env })
  expect(stdout).toMatch(/Tests {2}2 passed/)
  expect(status).toBe(0)
  // What was recorded last is the store with the bug.
  expect(readFileSync(join(folder, 'history.jsonl'), 'utf8').split('\n').length).toBeGreaterThan(900)
  const judged = petrel(folder, ['check', 'history.jsonl', '--model', 'dictionary'])
  expect(judged).toMatchObject({ status: 1, stdout: expect.stringContaining('a contradiction') })
})
