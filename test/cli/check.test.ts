import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../support/compiler.ts'
import { sharedFolder, temporaryFolder } from '../support/temp-folder.ts'
import { petrel, petrelJson } from './support/petrel.ts'

const event = (process: number, type: string, f: string, value: unknown) =>
  `${JSON.stringify({ type, process, f, value })}\n`
const call = (process: number, f: string, asked: unknown, answer: unknown) =>
  event(process, 'invoke', f, asked) + event(process, 'ok', f, answer)

const GOOD = call(1, 'write', 1, 1) + call(2, 'read', null, 1)
const STALE = call(1, 'write', 1, 1) + call(1, 'write', 2, 2) + call(2, 'read', null, 1)
const LOG = `INFO  jepsen.util - 0\t:invoke\t:write\t1\nINFO  jepsen.util - 0\t:ok\t:write\t1\n`

describe('a verdict', () => {
  const folder = sharedFolder({ 'good.jsonl': GOOD, 'stale.jsonl': STALE, 'etcd.log': LOG })

  test('is told by the exit code, and why in words and as a timeline', () => {
    const { status, stdout, stderr } = petrel(folder, ['check', 'stale.jsonl', '--model', 'register'])
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(stdout).toMatch(/^FAIL stale\.jsonl as register +3 operations/)
    expect(stdout).toContain('T3  2 read -> 1')
    expect(stdout).toMatch(/However T3 < T2, because T3 read the 1 of T1, which T2 overwrote: a contradiction/)
    expect(stdout).toMatch(/^ {4}1 {2}├──T1───┤ +├──T2───┤$/m)
  })

  test('of several files has a line each, and the worst is the exit code', () => {
    const { status, stdout } = petrel(folder, ['check', 'etcd.log', 'stale.jsonl', 'good.jsonl', '--model', 'register'])
    expect(stdout).toMatch(/^PASS etcd\.log/m)
    expect(stdout).toMatch(/^FAIL stale\.jsonl/m)
    expect(stdout).toMatch(/^3 files: 1 violated, 2 ok$/m)
    expect(status).toBe(1)
  })

  test('is a JSON document on request, of which a page and a report can be made in the same run', () => {
    const options = ['--html', 'page.html', '--reporter', 'junit', '--output-file', 'report.xml']
    const files = ['check', 'stale.jsonl', '--model', 'register']
    expect(petrelJson(folder, [...files, '--html', 'page.html'])).toMatchObject({
      schema: 1,
      command: 'check',
      model: 'register',
      verdict: 'violated',
      operations: 3,
      core: [{ id: 0 }, { id: 1 }, { id: 2, words: 'read -> 1' }],
      files: [{ file: 'stale.jsonl', format: 'jsonl', violations: [{ shape: 'stale read', operations: [0, 1, 2] }] }],
    })
    expect(petrel(folder, [...files, ...options])).toMatchObject({ status: 1, stdout: expect.stringMatching(/^FAIL/) })
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toMatch(/^<!doctype html>/)
    expect(readFileSync(join(folder, 'report.xml'), 'utf8')).toContain('<failure message="3 operations cannot')
  })

  test('of the standard input is the same', () => {
    const piped = petrel(folder, ['check', '-', '--model', 'register'], {}, GOOD)
    expect(piped).toMatchObject({ status: 0, stdout: expect.stringMatching(/^PASS standard input/) })
  })

  test('of the standard input that gzip compressed is the same', () => {
    const piped = petrel(folder, ['check', '-', '--model', 'register'], {}, gzipSync(GOOD))
    expect(piped).toMatchObject({ status: 0, stdout: expect.stringMatching(/^PASS standard input/) })
  })

  test('is not told by halves: a file that is no history is exit 64, and nothing is printed of the others', () => {
    const { status, stdout, stderr } = petrel(
      folder,
      ['check', 'good.jsonl', '-', '--model', 'register'],
      {},
      `${GOOD}{"type":"ok","process":1}\n`,
    )
    expect({ status, stdout, stderr }).toEqual({
      status: 64,
      stdout: '',
      stderr: 'petrel: standard input, line 5: process 1 has no operation under way that could end "ok".\n',
    })
  })
})

test('a history that does not fit into the memory there is gets a sentence with its line', () => {
  const folder = temporaryFolder({ 'large.jsonl': GOOD.repeat(100_000) })
  const { status, stdout, stderr } = petrel(folder, ['check', 'large.jsonl', '--model', 'register'], {
    NODE_OPTIONS: '--max-old-space-size=48',
  })
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
  expect(stderr).toMatch(/large\.jsonl, line \d+: the operations up to here take half of the memory that Node has/)
})

test('a file that never ends is left by an interruption, with exit 130', async () => {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), 'check', '-', '--model', 'register'])
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
  child.stdin.on('error', () => undefined)
  // The first write is taken once the command reads, which is when it listens for interruptions.
  child.stdin.write(GOOD.repeat(100_000), () => child.kill('SIGINT'))
  const status = await new Promise((resolve) => child.on('close', resolve))
  expect({ status, stderr }).toEqual({ status: 130, stderr: 'petrel: interrupted; there is no verdict.\n' })
})
