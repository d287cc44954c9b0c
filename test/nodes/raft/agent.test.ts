import { describe, expect, test } from 'vitest'
import { dictionary, dictionaryAnswerSchema, dictionaryCommandSchema } from '../../../nodes/dictionary/dictionary.ts'
import { type AgentState, raftAgent } from '../../../nodes/raft/agent.ts'
import type { AskedOutcome } from '../../../nodes/raft/asking.ts'
import type { RaftMessage } from '../../../nodes/raft/messages.ts'
import { formatServer } from '../../../nodes/raft/persistence.ts'
import { raftProtocol } from '../../../nodes/raft/protocol.ts'
import { raftSchemas } from '../../../nodes/raft/schemas.ts'
import { raftServer } from '../../../nodes/raft/server.ts'
import type { AnyMachine, Context } from '../../../sim/machine.ts'
import { World } from '../../../sim/world.ts'
import { HandDriven } from '../support/hand-driven.ts'

const SERVERS = ['n1', 'n2', 'n3']
const set = { action: 'set', key: 'x', value: 'a' }
const get = { action: 'get', key: 'x' }

function agent(maxWaiting?: number): HandDriven<AgentState> {
  const machine = raftAgent({
    servers: SERVERS,
    stateMachine: dictionary,
    serverTimeoutMs: 150,
    timeToRetryMs: 2_000,
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  })
  return new HandDriven<AgentState>(machine as AnyMachine, 'c1')
}

function replyTo(of: HandDriven<AgentState>, outcome: object): ReturnType<HandDriven<AgentState>['receive']> {
  const { server, session, serial } = of.state.client
  return of.receive(server!, { type: 'ClientReply', session, serial, ...outcome })
}

describe('a client that does what it is asked', () => {
  test('does one command after the other, and tells each asker its own answer', () => {
    const one = agent()
    one.receive('person', { type: 'Ask', id: 7, command: set })
    expect(one.receive('page', { type: 'Ask', id: 7, command: get })).toEqual([])
    expect(replyTo(one, { status: 'ok', answer: null })).toMatchObject([
      { to: 'person', message: { type: 'Answered', id: 7, result: { outcome: 'ok', answer: null } } },
      { message: { type: 'ClientRequest', serial: 2, command: get } },
    ])
    expect(replyTo(one, { status: 'ok', answer: 'a' })).toMatchObject([
      { to: 'page', message: { id: 7, result: { outcome: 'ok', answer: 'a' } } },
    ])
  })

  test('repeats a command at another server under the same number, and says when nobody knows what came of it', () => {
    const one = agent()
    const [first] = one.receive('person', { type: 'Ask', id: 1, command: set })
    const [second] = one.fire('retry')
    expect(second!.to).not.toBe(first!.to)
    expect(second!.message).toEqual(first!.message)
    expect(one.fire('give up')).toMatchObject([{ to: 'person', message: { id: 1, result: { outcome: 'unknown' } } }])
    one.receive('person', { type: 'Ask', id: 2, command: get })
    expect(one.fire('give up')).toMatchObject([{ to: 'person', message: { id: 2, result: { outcome: 'failed' } } }])
  })

  test('takes no more questions than it may', () => {
    const one = agent(1)
    for (const id of [1, 2]) expect(one.receive('person', { type: 'Ask', id, command: set })).toHaveLength(2 - id)
    expect(one.receive('person', { type: 'Ask', id: 3, command: set })).toMatchObject([
      { message: { id: 3, result: { outcome: 'failed', reason: 'too much is asked at once' } } },
    ])
  })
})

/** Asks what it is told to, one after the other, and keeps the answers. */
function person(commands: readonly (typeof set | typeof get | null)[]): AnyMachine {
  const ask = (ctx: Context<RaftMessage>, id: number): void => {
    if (id < commands.length) ctx.send('c1', { type: 'Ask', id, command: commands[id]! })
  }
  return {
    start: (ctx: Context<RaftMessage>): AskedOutcome[] => {
      ask(ctx, 0)
      return []
    },
    onMessage: (state: AskedOutcome[], ctx: Context<RaftMessage>, _from: string, message: RaftMessage) => {
      if (message.type !== 'Answered') return
      state.push(message.result)
      ask(ctx, message.id + 1)
    },
  }
}

test('in a simulated cluster, it writes, reads, and tells how each server is: also that one is down', () => {
  const world = new World({
    seed: 3,
    protocol: raftProtocol('stream', raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema), dictionary),
    nodes: [
      ...SERVERS.map((id) => ({
        id,
        role: 'server',
        disk: formatServer(id),
        machine: () => raftServer({ servers: SERVERS, stateMachine: dictionary }),
      })),
      { id: 'c1', role: 'client', machine: () => raftAgent({ servers: [...SERVERS, 'n4'], stateMachine: dictionary }) },
      { id: 'person', role: 'person', machine: () => person([set, get, null]) },
      { id: 'n4', role: 'deaf', machine: () => ({ start: () => ({}), onMessage: () => undefined }) },
    ],
  })
  const heard = (): AskedOutcome[] => world.state<AskedOutcome[]>('person') ?? []
  for (let events = 0; heard().length < 3 && events < 100_000; events++) world.step()
  expect(heard().slice(0, 2)).toEqual([
    { outcome: 'ok', answer: null },
    { outcome: 'ok', answer: 'a' },
  ])
  const [, , polled] = heard()
  if (polled?.outcome !== 'status') throw new Error('it was not told how the servers are')
  expect(polled.servers.map(({ server }) => server)).toEqual([...SERVERS, 'n4'])
  expect(polled.servers.filter(({ status }) => status?.role === 'leader')).toHaveLength(1)
  expect(polled.servers.at(-1)).toEqual({ server: 'n4', status: null })
})
