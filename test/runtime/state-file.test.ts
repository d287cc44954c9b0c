import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StateFile } from '../../runtime/mutants/state-file.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

const HEAD = { code: 'abc1234', firstSeed: 1, keepGoing: true }
const HIT = { run: 3, seed: 9, property: 'election safety' }

function freshPath(): string {
  return join(temporaryFolder(), 'state.jsonl')
}

test('what was kept is there again, of each trial what was said last', () => {
  const path = freshPath()
  const { file, kept } = StateFile.open(path, HEAD)
  expect(kept).toEqual(new Map())
  file.keep('a/1', { runs: 8, unknown: 0 })
  file.keep('a/2', { runs: 3, hit: HIT, clientHit: HIT, unknown: 1 })
  file.keep('a/1', { runs: 16, unknown: 0 })
  expect(StateFile.open(path, HEAD).kept).toEqual(
    new Map([
      ['a/1', { runs: 16, unknown: 0 }],
      ['a/2', { runs: 3, hit: HIT, clientHit: HIT, unknown: 1 }],
    ]),
  )
})

test('a line that was cut off in the middle counts as never written, and the next one stands by itself', () => {
  const path = freshPath()
  const { file } = StateFile.open(path, HEAD)
  file.keep('a/1', { runs: 8, unknown: 0 })
  const whole = readFileSync(path, 'utf8')
  writeFileSync(path, `${whole}{"trial":"a/1","ru`)
  const again = StateFile.open(path, HEAD)
  expect(again.kept.get('a/1')).toEqual({ runs: 8, unknown: 0 })
  again.file.keep('a/2', { runs: 1, unknown: 0 })
  expect([...StateFile.open(path, HEAD).kept.keys()]).toEqual(['a/1', 'a/2'])
})

test.each([
  ['other code', { ...HEAD, code: 'fff0000' }, /measured with other code/],
  ['another first seed', { ...HEAD, firstSeed: 2 }, /measured with another --seed/],
  ['another oracle', { ...HEAD, keepGoing: false }, /measured with another --oracle/],
])('figures of %s are not mixed with these', (_what, head, sentence) => {
  const path = freshPath()
  StateFile.open(path, HEAD)
  expect(() => StateFile.open(path, head)).toThrow(sentence)
})

test('a file of something else is refused and left as it is', () => {
  const path = freshPath()
  for (const text of ['my notes', 'my notes\n', '{}\n{}\n']) {
    writeFileSync(path, text)
    expect(() => StateFile.open(path, HEAD)).toThrow(/no state of petrel mutants/)
    expect(readFileSync(path, 'utf8')).toBe(text)
  }
  expect(() => StateFile.open(join(path, 'below'), HEAD)).toThrow(/Give a file that can be written/)
})

test('a damaged line is named', () => {
  const path = freshPath()
  const { file } = StateFile.open(path, HEAD)
  file.keep('a/1', { runs: 8, unknown: 0 })
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"trial":"a/1","runs":-1,"unknown":0}\n`)
  expect(() => StateFile.open(path, HEAD)).toThrow(/line 3 is damaged/)
})
