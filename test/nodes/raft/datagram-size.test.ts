import { expect, test } from 'vitest'
import { MAX_KEY_LENGTH, MAX_VALUE_LENGTH } from '../../../nodes/dictionary/dictionary.ts'
import { defaultRaftOptions } from '../../../nodes/raft/raft.ts'
import { encodePlain } from '../../../sim/encoding.ts'
import type { PlainData } from '../../../sim/machine.ts'

/** What a datagram carries besides its message, at most; and what it holds over IPv4. */
const HEADER_BYTES = 128
const DATAGRAM_BYTES = 65_507

const entry = (session: string, key: string, value: string): PlainData => ({
  term: Number.MAX_SAFE_INTEGER,
  session,
  serial: Number.MAX_SAFE_INTEGER,
  command: { action: 'cas', key, expected: null, value },
  servers: null,
  stampMs: Number.MAX_SAFE_INTEGER,
})

const appendEntries = (entries: readonly PlainData[]): Uint8Array =>
  encodePlain({
    type: 'AppendEntries',
    term: Number.MAX_SAFE_INTEGER,
    round: Number.MAX_SAFE_INTEGER,
    prevLogIndex: Number.MAX_SAFE_INTEGER,
    prevLogTerm: Number.MAX_SAFE_INTEGER,
    entries,
    leaderCommit: Number.MAX_SAFE_INTEGER,
  })

test('the largest command, in the most expensive characters, fits a datagram', () => {
  const largest = entry('€'.repeat(128), '€'.repeat(MAX_KEY_LENGTH), '€'.repeat(MAX_VALUE_LENGTH))
  expect(appendEntries([largest]).length + HEADER_BYTES).toBeLessThan(DATAGRAM_BYTES)
})

test('as many entries as a message takes fit a datagram', () => {
  const { maxEntriesPerMessage, maxBytesPerMessage } = defaultRaftOptions
  const share = Math.floor(maxBytesPerMessage / maxEntriesPerMessage)
  const entries = Array.from({ length: maxEntriesPerMessage }, () => entry('s'.repeat(128), 'key', 'v'.repeat(share)))
  expect(appendEntries(entries).length + HEADER_BYTES).toBeLessThan(DATAGRAM_BYTES)
})
