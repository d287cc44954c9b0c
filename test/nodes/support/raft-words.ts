import { entryAt, lastIndex, lastTerm, termAt } from '../../../nodes/raft/log.ts'
import type {
  Entry,
  PreVote,
  PreVoteReply,
  RaftMessage,
  RequestVote,
  RequestVoteReply,
} from '../../../nodes/raft/messages.ts'
import type { Command } from '../../../nodes/raft/state-machine.ts'
import type { RaftState } from '../../../nodes/raft/state.ts'
import type { Words } from '../../support/transcript-teller.ts'

/** Raft's messages and states as a transcript tells them: what matters, and not how it is encoded. */
export const raftWords: Words = {
  message: (message: RaftMessage) =>
    `${message.type}${(WORDS[message.type] as (said: RaftMessage) => string)(message)}`,
  facts: factsInWords,
}

const WORDS: { readonly [Type in RaftMessage['type']]: (message: Extract<RaftMessage, { type: Type }>) => string } = {
  PreVote: voteRequestInWords,
  RequestVote: (message) =>
    `${voteRequestInWords(message)}${message.leadershipTransfer ? ', as the leader wishes' : ''}`,
  PreVoteReply: voteInWords,
  RequestVoteReply: voteInWords,
  AppendEntries: ({ term, prevLogIndex, prevLogTerm, entries, leaderCommit }) => {
    const news = entries.length === 0 ? 'nothing new' : entries.map(entryInWords).join(', ')
    return `, term ${term}, behind ${placeInWords(prevLogIndex, prevLogTerm)}: ${news}; committed ${leaderCommit}`
  },
  AppendEntriesReply: ({ term, success, matchIndex, prevLogIndex, conflictTerm, conflictIndex }) => {
    if (success) return `, term ${term}, equal up to ${matchIndex}`
    const there =
      conflictTerm === 0 ? `nothing from ${conflictIndex} on` : `term ${conflictTerm} from ${conflictIndex} on`
    return `, term ${term}, refused behind ${prevLogIndex}${conflictIndex === 0 ? '' : `, has ${there}`}`
  },
  InstallSnapshot: ({ term, lastIndex: last, lastTerm: termOfLast, offset, bytes, done }) => {
    const piece = `bytes ${offset} to ${offset + bytes.length}${done ? ', the last' : ''}`
    return `, term ${term}, up to ${placeInWords(last, termOfLast)}, ${piece}`
  },
  InstallSnapshotReply: ({ term, lastIndex: last, receivedBytes, installed }) =>
    `, term ${term}, has ${installed ? `all up to ${last}` : `${receivedBytes} bytes of the one up to ${last}`}`,
  TimeoutNow: ({ term }) => `, term ${term}`,
  ReadIndex: ({ session, serial }) => ` for ${session}.${serial}`,
  ReadIndexReply: ({ session, serial, readIndex }) => ` for ${session}.${serial}: ${readIndex}`,
  OpenSession: ({ session, serial }) => ` ${session}.${serial}`,
  ClientRequest: ({ session, serial, command }) => ` ${session}.${serial}: ${commandInWords(command)}`,
  ClusterRequest: ({ session, serial, change }) => ` ${session}.${serial}: ${change.action} ${change.server}`,
  ClientReply: (reply) => ` ${reply.session}.${reply.serial}: ${replyInWords(reply)}`,
  Durable: ({ term, index }) => `, term ${term}, up to ${index}`,
  Status: ({ serial }) => ` ${serial}`,
  StatusReply: ({ serial, role }) => ` ${serial}: ${role}`,
  Ask: ({ id }) => ` ${id}`,
  Answered: ({ id }) => ` ${id}`,
}

function voteRequestInWords({ term, lastLogIndex, lastLogTerm }: PreVote | RequestVote): string {
  return `, term ${term}, log to ${placeInWords(lastLogIndex, lastLogTerm)}`
}

function voteInWords({ term, granted }: PreVoteReply | RequestVoteReply): string {
  return `, term ${term}, ${granted ? 'granted' : 'refused'}`
}

function replyInWords(reply: Extract<RaftMessage, { type: 'ClientReply' }>): string {
  switch (reply.status) {
    case 'ok':
      return `ok: ${reply.answer === null ? 'nothing' : String(reply.answer)}`
    case 'not leader':
      return `not the leader, which is ${reply.leader ?? 'unknown'}`
    case 'session opened':
      return `session ${reply.opened} is open`
    case 'refused':
      return `refused: ${reply.reason}`
    default:
      return reply.status
  }
}

function placeInWords(index: number, term: number): string {
  return index === 0 ? '0' : `${index} of term ${term}`
}

/** `2 set x=1`: the term, and what is to be done. */
function entryInWords({ term, session, command, servers }: Entry): string {
  if (servers !== null) return `${term} servers ${servers.join(' ')}`
  if (command !== null) return `${term} ${commandInWords(command)}`
  return `${term} ${session === '' ? 'no-op' : `session of ${session}`}`
}

function commandInWords({ action, key, value, expected }: Command): string {
  const from = expected === undefined ? '' : `${expected === null ? 'nothing' : String(expected)}→`
  return `${String(action)} ${String(key)}${value === undefined ? '' : `=${from}${String(value)}`}`
}

function factsInWords(state: RaftState): Readonly<Record<string, string>> {
  return {
    role: state.role,
    term: String(state.term),
    vote: state.votedFor ?? 'none',
    log: placeInWords(lastIndex(state.log), lastTerm(state.log)),
    committed: String(state.commitIndex),
  }
}

/** The terms of all entries, as the paper's figures show them. */
export function termsInWords({ log }: RaftState): string {
  return Array.from({ length: lastIndex(log) }, (_, place) => termAt(log, place + 1)).join(' ')
}

/** All entries that are kept, behind those that are not; and behind the bar those not known to be committed. */
export function logInWords({ log, commitIndex }: RaftState): string {
  const words: string[] = log.baseIndex > 0 ? [`(${log.baseIndex} compacted)`] : []
  for (let index = log.baseIndex + 1; index <= lastIndex(log); index++) {
    if (index === commitIndex + 1) words.push('|')
    words.push(`[${entryInWords(entryAt(log, index)!)}]`)
  }
  if (commitIndex >= lastIndex(log)) words.push('|')
  return words.join(' ')
}

/** Everything that is told of a state, and what the state machine holds. */
export function statusInWords(state: RaftState<Map<string, string>>): string {
  const facts = Object.entries(factsInWords(state)).map(([fact, value]) => `${fact} ${value}`)
  const data = [...state.data].map(([key, value]) => `${key}=${value}`)
  return [...facts, `data ${data.join(' ') || 'none'}`].join(', ')
}
