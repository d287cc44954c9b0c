import { describe, expect, test } from 'vitest'
import { dictionary } from '../../../nodes/dictionary/dictionary.ts'
import { type ClientOperation, raftClient, type RaftClientState } from '../../../nodes/raft/client.ts'
import { HandDriven } from '../support/hand-driven.ts'

const operations: ClientOperation[] = [
  { id: 10, atMs: 0, input: { action: 'set', key: 'x', value: 'a' } },
  { id: 13, atMs: 100, input: { action: 'get', key: 'x' } },
  { id: 16, atMs: 150, input: { action: 'set', key: 'x', value: 'b' } },
]

function client(begun: readonly number[] = []): HandDriven<RaftClientState> {
  const machine = raftClient({
    servers: ['n1', 'n2', 'n3'],
    operations,
    stateMachine: dictionary,
    serverTimeoutMs: 150,
    timeToRetryMs: 2_000,
  })
  return new HandDriven<RaftClientState>(machine, 'c1', undefined, (ctx) =>
    begun.forEach((id) => ctx.begunBefore.add(id)),
  )
}

function reply(of: HandDriven<RaftClientState>, outcome: object) {
  return of.receive(of.state.server!, {
    type: 'ClientReply',
    session: of.state.session,
    serial: of.state.serial,
    ...outcome,
  })
}

describe('a client (RK-10)', () => {
  test('asks a server at random for its first operation, and waits for both timeouts', () => {
    const { ctx } = client()
    expect(ctx.histories).toEqual(['invoke 10'])
    expect(ctx.sent).toMatchObject([{ message: { type: 'ClientRequest', serial: 11, command: { value: 'a' } } }])
    expect(ctx.timers.get('retry')).toBe(150)
    expect(ctx.timers.get('give up')).toBe(2_000)
  })

  test('does the next operation when it is due, under the next number', () => {
    const one = client()
    reply(one, { status: 'ok', answer: null })
    expect(one.ctx.histories).toEqual(['invoke 10', 'ok 10 null'])
    expect(one.ctx.timers.get('next')).toBe(100)
    expect(one.fire('next')).toMatchObject([{ message: { serial: 14, command: { action: 'get' } } }])
  })

  test('goes to the leader it is told of, with the same number, and stays with it', () => {
    const one = client()
    const asked = one.state.server!
    const named = ['n1', 'n2', 'n3'].find((id) => id !== asked)!
    expect(reply(one, { status: 'not leader', leader: named })).toMatchObject([{ to: named, message: { serial: 11 } }])
    reply(one, { status: 'ok', answer: null })
    expect(one.fire('next')).toMatchObject([{ to: named }])
  })

  test('does not run in circles between two servers that name each other', () => {
    const one = client()
    const asked = one.state.server!
    const named = ['n1', 'n2', 'n3'].find((id) => id !== asked)!
    reply(one, { status: 'not leader', leader: named })
    expect(reply(one, { status: 'not leader', leader: asked })).toEqual([])
    expect(one.ctx.timers.get('retry')).toBe(30)
  })

  test('asks another server when one does not answer in time', () => {
    const one = client()
    const asked = one.state.server!
    const [next] = one.fire('retry')
    expect(next!.to).not.toBe(asked)
    expect(next!.message.serial).toBe(11)
  })

  test('heeds a refusal only of the server it asked last, and no answer to another request', () => {
    const one = client()
    const other = ['n1', 'n2', 'n3'].find((id) => id !== one.state.server)!
    const late = { type: 'ClientReply', session: one.state.session, serial: 11, status: 'not leader', leader: null }
    expect(one.receive(other, late)).toEqual([])
    one.receive(one.state.server!, { ...late, serial: 0, status: 'ok', answer: 'old' })
    one.receive(one.state.server!, { ...late, session: 'another', status: 'ok', answer: 'old' })
    expect(one.ctx.histories).toEqual(['invoke 10'])
  })

  test('gives up after a while: a set may yet take effect, a get has told nothing', () => {
    const one = client()
    one.fire('give up')
    expect(one.ctx.histories).toEqual(['invoke 10', 'info 10 no answer in time'])
    one.fire('next')
    one.fire('give up')
    expect(one.ctx.histories.slice(2)).toEqual(['invoke 13', 'fail 13 no answer in time'])
  })

  test('takes a refusal for good as such', () => {
    const one = client()
    reply(one, { status: 'refused', reason: 'too long' })
    expect(one.ctx.histories).toEqual(['invoke 10', 'fail 10 too long'])
  })

  test('turns to another server when its stream breaks', () => {
    const one = client()
    const asked = one.state.server!
    one.ctx.sent = []
    one.machine.onPeer!(one.state, one.ctx, asked, 'down')
    expect(one.ctx.sent).toHaveLength(1)
    expect(one.ctx.sent[0]!.to).not.toBe(asked)
  })

  test('after a crash goes on behind the last operation it had begun, under a new session (RK-11)', () => {
    const one = client([10, 13])
    expect(one.ctx.histories).toEqual(['invoke 16'])
    expect(one.state.session).toMatch(/^c1\./)
    expect(client([10, 13, 16]).ctx.histories).toEqual([])
  })
})
