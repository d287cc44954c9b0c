import {
  type Dictionary,
  dictionary,
  dictionaryAnswerSchema,
  dictionaryCommandSchema,
} from '../../../nodes/dictionary/dictionary.ts'
import type { ClusterChange } from '../../../nodes/raft/cluster-change.ts'
import { raftInvariants } from '../../../nodes/raft/invariants.ts'
import type { RaftMessage } from '../../../nodes/raft/messages.ts'
import { formatServer } from '../../../nodes/raft/persistence.ts'
import { raftProtocol } from '../../../nodes/raft/protocol.ts'
import { raftSchemas } from '../../../nodes/raft/schemas.ts'
import { raftServer, type RaftServerConfiguration } from '../../../nodes/raft/server.ts'
import type { RaftState } from '../../../nodes/raft/state.ts'
import type { Command } from '../../support/transcript.ts'
import { TranscriptWorld } from '../../support/transcript-world.ts'
import { HandDriven } from './hand-driven.ts'
import { appendEntries, entry } from './raft.ts'
import { logInWords, raftWords, statusInWords, termsInWords } from './raft-words.ts'

const protocol = raftProtocol('datagram', raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema), dictionary)

/**
 * The paper's Raft, so slow that no timer fires before the reader wants it to. What the dissertation adds is switched
 * on where it is told of.
 */
const PLAIN = {
  electionTimeoutMs: [10_000, 20_000],
  heartbeatMs: 5_000,
  preVote: false,
  checkQuorum: false,
  maxRepeatedEntries: 0,
} as const

const CHANGES: ReadonlyMap<string, ClusterChange['action']> = new Map([
  ['add', 'add server'],
  ['remove', 'remove server'],
  ['transfer', 'transfer leadership'],
])

/**
 * A cluster as a transcript drives it. What may happen to any system, `TranscriptWorld` knows; and besides
 *
 *     past n1 1 1 2                 what n1's log holds from an earlier life: the terms of its entries
 *     servers 3 preVote=true        begins: servers by number, or by name, and options of `raftServer`, `bug`, `seed`;
 *                                   `spare=n4,n5`: servers that are not in the cluster yet
 *     ask n1 alice.3 set x 1        session alice asks n1 for something, with number 3: get, set, delete, cas
 *     open n1 alice.1               alice asks for a session, where sessions expire
 *     change n1 admin.1 add n4      asks n1 to add a server, to remove one, or to transfer the leadership to it
 *     logs, terms, status           of all servers, or of those named
 */
export class RaftTranscript {
  private readonly past = new Map<string, readonly number[]>()
  private world: TranscriptWorld | undefined

  interpret(command: Command): readonly string[] {
    const { name, words, options } = command
    if (name === 'past') {
      this.past.set(words[0] ?? '', words.slice(1).map(Number))
      return []
    }
    if (name === 'servers') return this.begin(words, options)
    const { world } = this
    if (world === undefined) throw new Error('first say which servers there are')
    switch (name) {
      case 'ask':
        return ask(world, words)
      case 'open':
        return open(world, words)
      case 'change':
        return change(world, words)
      case 'logs':
        return perServer(world, words, logInWords)
      case 'terms':
        return perServer(world, words, termsInWords)
      case 'status':
        return perServer(world, words, statusInWords)
    }
    const told = world.execute(command)
    if (told === undefined) throw new Error(`there is no command "${name}"`)
    return told
  }

  /** `servers 5`, or by name: `servers a b c`. Options are those of `raftServer`, and `seed`. */
  private begin(words: readonly string[], options: ReadonlyMap<string, string>): readonly string[] {
    const count = Number(words[0])
    const servers = Number.isNaN(count) ? words : Array.from({ length: count }, (_, place) => `n${place + 1}`)
    const {
      seed = 1,
      spare = '',
      ...more
    } = Object.fromEntries([...options].map(([name, value]) => [name, optionOf(value)]))
    const configuration = {
      ...PLAIN,
      ...more,
      servers,
      stateMachine: dictionary,
    } as RaftServerConfiguration<Dictionary>
    const spares = spare === '' ? [] : String(spare).split(',')
    const nodes = [...servers, ...spares].map((id) => ({
      id,
      role: 'server',
      disk: diskAfter(id, configuration, this.past.get(id) ?? []),
      machine: () => raftServer(configuration),
    }))
    this.world = new TranscriptWorld({ seed: Number(seed), protocol, nodes }, raftWords, raftInvariants)
    return this.world.tell()
  }
}

/** `150-300` is a range, `true` a truth, `2` a number, and all else a name. */
function optionOf(value: string): unknown {
  if (/^\d+-\d+$/.test(value)) return value.split('-').map(Number)
  return /^(\d+|true|false)$/.test(value) ? JSON.parse(value) : value
}

/** The disk of a server that was told entries of these terms in an earlier life. */
function diskAfter(
  id: string,
  configuration: RaftServerConfiguration<Dictionary>,
  terms: readonly number[],
): ReadonlyMap<string, Uint8Array> {
  const server = new HandDriven<RaftState>(raftServer(configuration), id, formatServer(id))
  const entries = terms.map((term, place) => entry(term, place + 1, `${term}.${place + 1}`, `past-${term}`))
  const leader = configuration.servers.find((other) => other !== id)!
  if (terms.length > 0) server.receive(leader, appendEntries(terms.at(-1)!, 0, 0, entries))
  return server.ctx.disk.files
}

/** `ask n1 alice.3 set x 1`: session alice asks n1, with number 3. The client is called as the session begins. */
function ask(
  world: TranscriptWorld,
  [server = '', request = '', action = '', key = '', one = '', other = '']: readonly string[],
): readonly string[] {
  const command = {
    get: { action: 'get', key },
    set: { action: 'set', key, value: one },
    delete: { action: 'delete', key },
    cas: { action: 'cas', key, expected: one === 'nothing' ? null : one, value: other },
  }[action]
  if (command === undefined) throw new Error(`a client can get, set, delete and cas, not "${action}"`)
  return say(world, server, { type: 'ClientRequest', ...nameOf(request), command })
}

/** `open n1 alice.1`: alice asks n1 for a session, with number 1. */
function open(world: TranscriptWorld, [server = '', request = '']: readonly string[]): readonly string[] {
  return say(world, server, { type: 'OpenSession', ...nameOf(request) })
}

/** `change n1 admin.1 add n4`: the client admin asks n1 to change the cluster. */
function change(
  world: TranscriptWorld,
  [server = '', request = '', action = '', subject = '']: readonly string[],
): readonly string[] {
  const named = CHANGES.get(action)
  if (named === undefined) throw new Error(`a cluster is changed by ${[...CHANGES.keys()].join(', ')}, not "${action}"`)
  return say(world, server, {
    type: 'ClusterRequest',
    ...nameOf(request),
    change: { action: named, server: subject },
  })
}

function nameOf(request: string): { session: string; serial: number } {
  const dot = request.lastIndexOf('.')
  return { session: request.slice(0, dot), serial: Number(request.slice(dot + 1)) }
}

function say(
  world: TranscriptWorld,
  server: string,
  message: Extract<RaftMessage, { session: string }>,
): readonly string[] {
  world.ask(message.session.split('.')[0]!, server, message)
  return world.tell()
}

function perServer(
  world: TranscriptWorld,
  chosen: readonly string[],
  inWords: (state: RaftState) => string,
): readonly string[] {
  return world.servers
    .filter(({ id }) => chosen.length === 0 || chosen.includes(id))
    .map(({ id, up, state }) => `${id}: ${up ? inWords(state as RaftState) : 'down'}`)
}
