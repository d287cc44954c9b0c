import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { sharedFolder } from '../support/temp-folder.ts'
import { petrel, petrelJson } from './support/petrel.ts'

const event = (process: number, type: string, f: string, value: unknown) =>
  `${JSON.stringify({ type, process, f, value })}\n`
const call = (process: number, f: string, asked: unknown, answer: unknown) =>
  event(process, 'invoke', f, asked) + event(process, 'ok', f, answer)

const GOOD = call(1, 'write', 1, 1) + call(2, 'read', null, 1)
const STALE = call(1, 'write', 1, 1) + call(1, 'write', 2, 2) + call(2, 'read', null, 1)
const BAD_EDN = `[{:process 0, :type :invoke, :f :write, :value 3}
 {:process 0, :type :ok, :f :write, :value 3}
 {:process 1, :type :invoke, :f :read, :value nil}
 {:process 1, :type :ok, :f :read, :value nil}]\n`
const LOG = `INFO  jepsen.util - 0\t:invoke\t:write\t1\nINFO  jepsen.util - 0\t:ok\t:write\t1\n`

describe('a verdict', () => {
  const folder = sharedFolder({ 'good.jsonl': GOOD, 'stale.jsonl': STALE, 'bad.edn': BAD_EDN, 'etcd.log': LOG })

  test('is told by the exit code, and why in words and as a timeline', () => {
    expect(petrel(folder, ['check', 'good.jsonl', '--model', 'register'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^PASS good\.jsonl as register +2 operations/),
      stderr: '',
    })
    const { status, stdout } = petrel(folder, ['check', 'stale.jsonl', '--model', 'register'])
    expect(status).toBe(1)
    expect(stdout).toMatch(/^FAIL stale\.jsonl as register/)
    expect(stdout).toContain('T3  2 read -> 1')
    expect(stdout).toMatch(/However T3 < T2, because T3 read the 1 of T1, which T2 overwrote: a contradiction/)
    expect(stdout).toMatch(/^ {4}1 {2}├──T1───┤ +├──T2───┤$/m)
  })

  test('of several files has a line each, and the worst is the exit code', () => {
    const { status, stdout } = petrel(folder, ['check', 'etcd.log', 'bad.edn', 'good.jsonl', '--model', 'register'])
    expect(stdout).toMatch(/^PASS etcd\.log/m)
    expect(stdout).toMatch(/^FAIL bad\.edn/m)
    expect(stdout).toMatch(/^3 files: 1 violated, 2 ok$/m)
    expect(status).toBe(1)
  })

  test('is unknown where the steps don’t suffice', () => {
    const { status, stdout } = petrel(folder, ['check', 'bad.edn', '--model', 'register', '--budget', '1'])
    if (status === 2) expect(stdout).toMatch(/^UNKNOWN bad\.edn/)
    else expect(status).toBe(1)
  })

  test('is a JSON document on request', () => {
    expect(petrelJson(folder, ['check', 'stale.jsonl', '--model', 'register'])).toMatchObject({
      schema: 1,
      command: 'check',
      model: 'register',
      verdict: 'violated',
      operations: 3,
      core: [{ id: 0 }, { id: 1 }, { id: 2, words: 'read -> 1' }],
      files: [{ file: 'stale.jsonl', format: 'jsonl', violations: [{ shape: 'stale read', operations: [0, 1, 2] }] }],
    })
  })

  test('of the standard input, and of a compressed file, is the same', () => {
    writeFileSync(join(folder, 'stale.gz'), gzipSync(STALE))
    expect(petrel(folder, ['check', 'stale.gz', '--model', 'register']).status).toBe(1)
    const piped = petrel(folder, ['check', '-', '--model', 'register'], {}, STALE)
    expect(piped).toMatchObject({ status: 1, stdout: expect.stringMatching(/^FAIL standard input/) })
  })
})

describe('a file that is no history gets a sentence, its line and exit 64', () => {
  const files = {
    'good.jsonl': GOOD,
    'empty.jsonl': '\n\n',
    'cut.jsonl': GOOD.slice(0, -20),
    'field.jsonl': `${GOOD}{"type":"ok","process":1,"vlaue":1}\n`,
    'return.jsonl': `${GOOD}${event(1, 'ok', 'read', 1)}`,
    'twice.jsonl': `${GOOD}${event(1, 'invoke', 'read', null).repeat(2)}`,
    'cut.edn': BAD_EDN.slice(0, -8),
    'queue.jsonl': call(1, 'enqueue', 1, 1),
    'nemesis.edn': '{:process :nemesis, :type :info, :f :start}\n',
    'prose.txt': 'Once upon a time\n',
    'zero.jsonl': `${GOOD}\0\n`,
  }
  const folder = sharedFolder(files)
  writeFileSync(join(folder, 'cut.gz'), gzipSync(GOOD).subarray(0, 40))
  writeFileSync(join(folder, 'latin.jsonl'), Buffer.from(GOOD + event(1, 'invoke', 'write', 'é'), 'latin1'))
  test.each([
    ['cut.gz', /cut\.gz can't be expanded by gzip: unexpected end of file/],
    ['latin.jsonl', /line 5: its bytes are no UTF-8/],
    ['missing.jsonl', /There is no file missing\.jsonl/],
    ['.', /\. is a folder/],
    ['empty.jsonl', /empty\.jsonl is empty: there is nothing to judge/],
    ['cut.jsonl', /cut\.jsonl, line 4: the line ends in the middle; it may have been cut off/],
    ['field.jsonl', /line 5: unknown field "vlaue"/],
    ['return.jsonl', /line 5: process 1 has no operation under way/],
    ['twice.jsonl', /line 6: process 1 already has an operation under way, that of line 5/],
    ['cut.edn', /line 4: the text ends in the middle of a form/],
    ['queue.jsonl', /line 1: the model has no operation "enqueue"; it has read, write/],
    ['nemesis.edn', /has no operations of clients/],
    ['prose.txt', /line 1: this looks like none of the formats jsonl, edn, etcd/],
    ['zero.jsonl', /line 5: a zero byte/],
  ])('%s', (file, sentence) => {
    const { status, stdout, stderr } = petrel(folder, ['check', 'good.jsonl', file, '--model', 'register'])
    expect(stderr).toMatch(sentence)
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
  })

  test('an unknown model is answered with those there are', () => {
    const { status, stderr } = petrel(folder, ['check', 'good.jsonl', '--model', 'registre'])
    expect(stderr).toMatch(
      /There is no model "registre". Did you mean register\? There are: register, cas-register, kv/,
    )
    expect(status).toBe(64)
  })
})
