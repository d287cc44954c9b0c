import type { Entry, RaftMessage } from '../../../nodes/raft/messages.ts'
import { formatServer } from '../../../nodes/raft/persistence.ts'
import type { RaftOptions } from '../../../nodes/raft/raft.ts'
import { raftServer } from '../../../nodes/raft/server.ts'
import type { RaftState } from '../../../nodes/raft/state.ts'
import { dictionary } from '../../../nodes/dictionary/dictionary.ts'
import { HandDriven, type Message } from './hand-driven.ts'

export const SERVERS = ['n1', 'n2', 'n3', 'n4', 'n5']

interface Given extends Partial<RaftOptions> {
  readonly bug?: string
  readonly servers?: readonly string[]
}

export type Server = HandDriven<RaftState<Map<string, string>>>

/** The paper's Raft, unless a test asks for what the dissertation adds to it. */
const PAPER = { preVote: false, checkQuorum: false, maxRepeatedEntries: 0 }

export function newServer({ servers = SERVERS, ...options }: Given = {}): Server {
  const machine = raftServer({ servers, stateMachine: dictionary, ...PAPER, ...options })
  return new HandDriven(machine, 'n1', formatServer('n1'))
}

export function restarted(server: Server, options: Given = {}): Server {
  return server.restarted(raftServer({ servers: SERVERS, stateMachine: dictionary, ...PAPER, ...options }))
}

/** A command of a session, as the log holds it. */
export function entry(term: number, serial: number, value = `v${serial}`, session = 's'): Entry {
  return { term, session, serial, command: { action: 'set', key: 'x', value }, servers: null, stampMs: 0 }
}

export function appendEntries(
  term: number,
  prevLogIndex: number,
  prevLogTerm: number,
  entries: readonly Entry[],
  leaderCommit = 0,
  round = 1,
): Extract<RaftMessage, { type: 'AppendEntries' }> {
  return { type: 'AppendEntries', term, round, prevLogIndex, prevLogTerm, entries, leaderCommit }
}

export function requestVote(term: number, lastLogIndex = 0, lastLogTerm = 0): RaftMessage {
  return { type: 'RequestVote', term, lastLogIndex, lastLogTerm, leadershipTransfer: false }
}

export function success(term: number, matchIndex: number, round = 1): RaftMessage {
  return {
    type: 'AppendEntriesReply',
    term,
    requestTerm: term,
    round,
    prevLogIndex: matchIndex,
    success: true,
    matchIndex,
    conflictTerm: 0,
    conflictIndex: 0,
  }
}

export function refusal(
  term: number,
  prevLogIndex: number,
  conflictTerm: number,
  conflictIndex: number,
  requestTerm = term,
): RaftMessage {
  return {
    type: 'AppendEntriesReply',
    term,
    requestTerm,
    round: 1,
    prevLogIndex,
    success: false,
    matchIndex: 0,
    conflictTerm,
    conflictIndex,
  }
}

export function set(serial: number, value = `v${serial}`, session = 's'): RaftMessage {
  return { type: 'ClientRequest', session, serial, command: { action: 'set', key: 'x', value } }
}

export function get(serial: number, session = 's'): RaftMessage {
  return { type: 'ClientRequest', session, serial, command: { action: 'get', key: 'x' } }
}

/** What the server wrote is durable: hands it what it has sent to itself. */
export function durable(server: Server): ReturnType<Server['receive']> {
  return server.ctx.sent.filter((sent) => sent.to === 'n1').flatMap(({ message }) => [...server.receive('n1', message)])
}

/** Elected by n2 and n3, with its no-op written and not yet acknowledged. Returns what it sent as it won. */
export function elected(server: Server): ReturnType<Server['receive']> {
  server.fire('election')
  for (const id of ['n2', 'n3']) {
    if (server.state.role !== 'pre-candidate') break
    server.receive(id, { type: 'PreVoteReply', term: server.state.term + 1, granted: true })
  }
  const { term } = server.state
  durable(server)
  server.receive('n2', { type: 'RequestVoteReply', term, granted: true })
  return server.receive('n3', { type: 'RequestVoteReply', term, granted: true })
}

/** A leader whose no-op is committed. */
export function leader(options: Given = {}): Server {
  const server = newServer(options)
  elected(server)
  durable(server)
  for (const id of ['n2', 'n3']) server.receive(id, success(server.state.term, server.state.log.entries.length))
  return server
}

export function terms(server: Server): number[] {
  return server.state.log.entries.map(({ term }) => term)
}

export function to(sent: ReturnType<Server['receive']>, id: string): Message[] {
  return sent.filter((one) => one.to === id).map(({ message }) => message)
}
