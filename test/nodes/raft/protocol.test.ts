import { expect, test } from 'vitest'
import { dictionary, dictionaryAnswerSchema, dictionaryCommandSchema } from '../../../nodes/dictionary/dictionary.ts'
import type { RaftMessage } from '../../../nodes/raft/messages.ts'
import { raftProtocol } from '../../../nodes/raft/protocol.ts'
import { raftSchemas } from '../../../nodes/raft/schemas.ts'
import { decodePlain, encodePlain } from '../../../sim/encoding.ts'
import type { MessageType } from '../../../sim/protocol.ts'
import { appendEntries, entry, get, refusal, requestVote, set, success } from '../support/raft.ts'

const protocol = raftProtocol('datagram', raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema), dictionary)
const typeOf = (message: RaftMessage) => protocol[message.type] as MessageType<RaftMessage>

const samples: RaftMessage[] = [
  requestVote(3, 5, 2),
  { type: 'RequestVoteReply', term: 3, granted: true },
  { type: 'PreVote', term: 3, lastLogIndex: 5, lastLogTerm: 2 },
  { type: 'PreVoteReply', term: 3, granted: false },
  { type: 'TimeoutNow', term: 3 },
  { type: 'ClusterRequest', session: 's', serial: 2, change: { action: 'add server', server: 'n6' } },
  appendEntries(3, 4, 2, [entry(3, 1)], 4),
  appendEntries(3, 5, 3, [{ term: 3, session: '', serial: 0, command: null, servers: ['n1', 'n2'], stampMs: 7 }], 4),
  success(3, 5),
  refusal(3, 5, 2, 1),
  set(1),
  get(2),
  { type: 'ReadIndex', session: 's', serial: 2 },
  { type: 'ReadIndexReply', session: 's', serial: 2, readIndex: 9 },
  { type: 'ClientReply', session: 's', serial: 2, status: 'ok', answer: 'v' },
  { type: 'ClientReply', session: 's', serial: 2, status: 'ok', answer: null },
  { type: 'ClientReply', session: 's', serial: 2, status: 'not leader', leader: 'n1' },
  { type: 'ClientReply', session: 's', serial: 2, status: 'busy' },
  { type: 'ClientReply', session: 's', serial: 2, status: 'refused', reason: 'too long' },
  { type: 'Durable', term: 1, index: 2 },
]

test('every message comes through encoding and schema as it was', () => {
  for (const message of samples) {
    const parsed = typeOf(message).schema!.safeParse(decodePlain(encodePlain(message as never)))
    expect(parsed).toEqual({ success: true, data: message })
  }
})

test('the edge takes no negative index, no huge list, no foreign field', () => {
  const bad: RaftMessage[] = [
    requestVote(-1),
    appendEntries(1, 0.5, 0, []),
    appendEntries(
      1,
      0,
      0,
      Array.from({ length: 2_000 }, () => entry(1, 1)),
    ),
    set(1, 'v', 's'.repeat(1_000)),
    Object.assign({ more: true }, get(1)),
  ]
  for (const message of bad) expect(typeOf(message).schema!.safeParse(message)).toMatchObject({ success: false })
})

test('messages that differ in what they ask have another identity; a repeat has the same', () => {
  const identity = (message: RaftMessage) => typeOf(message).identity!(message)
  const different = [
    appendEntries(1, 0, 0, [entry(1, 1)]),
    appendEntries(1, 1, 1, [entry(1, 2)]),
    appendEntries(2, 0, 0, [entry(2, 1)]),
  ]
  expect(new Set(different.map(identity)).size).toBe(3)
  expect(identity(appendEntries(1, 3, 1, [entry(1, 4)], 2, 8))).toBe(
    identity(appendEntries(1, 3, 1, [entry(1, 4)], 3, 9)),
  )
  expect(identity(set(1))).not.toBe(identity(set(2)))
  expect(identity(set(4))).toBe(identity(set(4)))
})
