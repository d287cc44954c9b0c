import { entryAt, lastIndex, lastTerm, termAt } from '../../../nodes/raft/log.ts'
import type { Entry, RaftMessage } from '../../../nodes/raft/messages.ts'
import type { Command } from '../../../nodes/raft/state-machine.ts'
import type { RaftState } from '../../../nodes/raft/state.ts'
import type { Words } from '../../support/transcript-teller.ts'

/** Raft's messages and states as a transcript tells them: what matters, and not how it is encoded. */
export const raftWords: Words = { message: messageInWords, facts: factsInWords }

function messageInWords(message: RaftMessage): string {
  switch (message.type) {
    case 'PreVote':
    case 'RequestVote':
      return `${message.type}, term ${message.term}, log to ${place(message.lastLogIndex, message.lastLogTerm)}`
    case 'PreVoteReply':
    case 'RequestVoteReply':
      return `${message.type}, term ${message.term}, ${message.granted ? 'granted' : 'refused'}`
    case 'AppendEntries': {
      const { term, prevLogIndex, prevLogTerm, entries, leaderCommit } = message
      const news = entries.length === 0 ? 'nothing new' : entries.map(entryInWords).join(', ')
      return `AppendEntries, term ${term}, behind ${place(prevLogIndex, prevLogTerm)}: ${news}; committed ${leaderCommit}`
    }
    case 'AppendEntriesReply': {
      const { term, success, matchIndex, prevLogIndex, conflictTerm, conflictIndex } = message
      if (success) return `AppendEntriesReply, term ${term}, equal up to ${matchIndex}`
      const there =
        conflictTerm === 0 ? `nothing from ${conflictIndex} on` : `term ${conflictTerm} from ${conflictIndex} on`
      return `AppendEntriesReply, term ${term}, refused behind ${prevLogIndex}${conflictIndex === 0 ? '' : `, has ${there}`}`
    }
    case 'InstallSnapshot': {
      const { term, lastIndex, lastTerm, offset, bytes, done } = message
      const piece = `bytes ${offset} to ${offset + bytes.length}${done ? ', the last' : ''}`
      return `InstallSnapshot, term ${term}, up to ${place(lastIndex, lastTerm)}, ${piece}`
    }
    case 'InstallSnapshotReply': {
      const { term, lastIndex, receivedBytes, installed } = message
      const has = installed ? `has all up to ${lastIndex}` : `has ${receivedBytes} bytes of the one up to ${lastIndex}`
      return `InstallSnapshotReply, term ${term}, ${has}`
    }
    case 'OpenSession':
      return `OpenSession ${message.session}.${message.serial}`
    case 'ClientRequest':
      return `ClientRequest ${message.session}.${message.serial}: ${commandInWords(message.command)}`
    case 'ClientReply':
      return `ClientReply ${message.session}.${message.serial}: ${replyInWords(message)}`
    default:
      return fieldsInWords(message)
  }
}

function replyInWords(reply: Extract<RaftMessage, { type: 'ClientReply' }>): string {
  switch (reply.status) {
    case 'ok':
      return `ok: ${reply.answer === null ? 'nothing' : String(reply.answer)}`
    case 'not leader':
      return `not the leader, which is ${reply.leader ?? 'unknown'}`
    case 'session opened':
      return `session ${reply.opened} is open`
    default:
      return reply.status
  }
}

/** Any other message: its type and its plain fields. */
function fieldsInWords(message: object): string {
  const { type, ...fields } = message as { readonly type: string; readonly [field: string]: unknown }
  const said = Object.entries(fields).filter(([, value]) => typeof value !== 'object')
  return [type, ...said.map(([name, value]) => `${name} ${String(value)}`)].join(', ')
}

function place(index: number, term: number): string {
  return index === 0 ? '0' : `${index} of term ${term}`
}

/** `2 set x=1`: the term, and what is to be done. */
function entryInWords({ term, session, command }: Entry): string {
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
    log: place(lastIndex(state.log), lastTerm(state.log)),
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
