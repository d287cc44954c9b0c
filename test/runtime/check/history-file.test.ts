import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../explore/usage-error.ts'
import { readHistoryFile } from '../../../runtime/check/history-file.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'

const event = (process: number, type: string, f: string, value: unknown) =>
  `${JSON.stringify({ type, process, f, value })}\n`
const GOOD = event(1, 'invoke', 'write', 1) + event(1, 'ok', 'write', 1) + event(2, 'invoke', 'read', null)
const EDN = `[{:process 0, :type :invoke, :f :write, :value 3}
 {:process 0, :type :ok, :f :write, :value 3}]\n`
const LOG = `INFO  jepsen.util - 0\t:invoke\t:write\t1\n`

function fileWith(content: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'history')
  writeFileSync(path, content)
  return path
}

test.each([
  ['jsonl', GOOD, 2],
  ['edn', EDN, 1],
  ['etcd', LOG, 1],
])('the format %s is known by its beginning', async (format, content, operations) => {
  const file = await readHistoryFile(fileWith(content), undefined)
  expect(file.format).toBe(format)
  expect(file.recording.operations).toHaveLength(operations)
})

test('a compressed file is expanded, whatever its name', async () => {
  const { recording } = await readHistoryFile(fileWith(gzipSync(GOOD)), undefined)
  expect(recording.operations).toHaveLength(2)
})

test('characters may be cut anywhere between two pieces of a file', async () => {
  const value = 'né€🐦'.repeat(300_000)
  const path = fileWith(event(1, 'invoke', 'write', `a${value}`) + event(2, 'invoke', 'write', value))
  const { recording } = await readHistoryFile(path, undefined)
  expect(recording.operations.map(({ input }) => input.value)).toEqual([`a${value}`, value])
})

describe('a file that is no history gets a sentence with its line', () => {
  const faulty = Buffer.concat([Buffer.from(GOOD), Buffer.from(event(1, 'invoke', 'write', 'é'), 'latin1')])
  const pair = event(1, 'invoke', 'write', 1) + event(1, 'ok', 'write', 1)
  const far = Buffer.concat([Buffer.from(pair.repeat(20_000)), faulty])
  test.each<readonly [what: string, content: string | Uint8Array, sentence: RegExp]>([
    ['nothing', '', /history is empty: there is nothing to judge/],
    ['blank lines', '\n\n', /is empty/],
    ['only what the nemesis did', '{:process :nemesis, :type :info, :f :start}\n', /has no operations of clients/],
    ['prose', 'Once upon a time\n', /line 1: this looks like none of the formats jsonl, edn, text, etcd: --format/],
    ['a line that is cut off', GOOD.slice(0, -20), /line 3: the line ends in the middle; it may have been cut off/],
    ['a vector that is cut off', EDN.slice(0, -8), /line 2: the text ends in the middle of a form/],
    ['an unknown field', `${GOOD}{"type":"ok","process":1,"vlaue":1}\n`, /line 4: unknown field "vlaue"/],
    ['a return without a call', GOOD + event(1, 'ok', 'read', 1), /line 4: process 1 has no operation under way/],
    ['two calls of one process', GOOD + event(2, 'invoke', 'read', 1), /line 4: process 2 already .* of line 3/],
    ['bytes that are no UTF-8', faulty, /line 4: its bytes are no UTF-8/],
    ['such bytes far behind', far, /line 40004: its bytes are no UTF-8/],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), /line 1: its bytes are no UTF-8/],
    ['a zero byte', `${GOOD}\0\n`, /line 4: a zero byte: this is no text file/],
    ['half of a compressed file', gzipSync(GOOD).subarray(0, 40), /can't be expanded by gzip: unexpected end of file/],
    ['a compressed file that is damaged', gzipSync(GOOD).fill(7, 20, 40), /can't be expanded by gzip/],
    ['a line without an end', '{"type":"'.padEnd(70 * 1024 * 1024, 'x'), /line 1: longer than 67108864 characters/],
    ['a form without an end', '{:type "'.padEnd(70 * 1024 * 1024, 'x'), /line 1: a form of more than 67108864/],
  ])('%s', async (_what, content, sentence) => {
    const reading = readHistoryFile(fileWith(content), undefined)
    await expect(reading).rejects.toThrow(UsageError)
    await expect(reading).rejects.toThrow(sentence)
  })

  test('no file at all, and a folder', async () => {
    await expect(readHistoryFile('nowhere.jsonl', undefined)).rejects.toThrow('There is no file nowhere.jsonl.')
    const folder = temporaryFolder()
    await expect(readHistoryFile(folder, undefined)).rejects.toThrow(`${folder} is a folder: give the files in it`)
  })
})
