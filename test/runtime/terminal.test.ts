import { expect, test } from 'vitest'
import { styleFor } from '../../runtime/terminal.ts'

const terminal = { isTTY: true }
const pipe = {}

test.each([
  ['FORCE_COLOR beats NO_COLOR', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, 1],
  ['FORCE_COLOR=0 beats a terminal', terminal, { FORCE_COLOR: '0' }, 0],
  ['NO_COLOR beats a terminal', terminal, { NO_COLOR: '1' }, 0],
  ['an empty NO_COLOR says nothing', terminal, { NO_COLOR: '', TERM: 'xterm-256color' }, 2],
  ['a pipe has no colour', pipe, { TERM: 'xterm-256color' }, 0],
  ['a dumb terminal has none', terminal, { TERM: 'dumb' }, 0],
])('%s', (_rule, stream, environment, level) => {
  expect(styleFor(stream, environment).colour).toBe(level)
})

test.each([
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
  [{ LC_ALL: '', LANG: 'de_DE.utf8' }, true],
  [{}, false],
])('characters beyond ASCII only where the locale says UTF-8: %j', (environment, unicode) => {
  expect(styleFor(pipe, environment).unicode).toBe(unicode)
})
