import { describe, expect, test } from 'vitest'
import { planRun, topologyOf } from '../../../explore/plan-run.ts'
import { executeRun } from '../../../explore/run.ts'
import { dhtSchemas } from '../../../nodes/dht/schemas.ts'
import { dhtKv } from '../../../scenarios/dht-kv.ts'

describe('what nodes of the table say to each other', () => {
  test('fits the schemas, each message of a run in which nodes come, go and fail', () => {
    const settings = { ...dhtKv.defaults, operations: 60, durationMs: 6_000 }
    for (const seed of [3, 4]) {
      const plan = planRun(dhtKv, seed, settings)
      const plain = executeRun(dhtKv, plan)
      expect(executeRun(dhtKv, plan, { wire: true }).traceHash).toBe(plain.traceHash)
    }
  })

  test('has a schema for each type of message', () => {
    const { protocol } = topologyOf(dhtKv, 1, dhtKv.defaults, [])
    expect(Object.keys(dhtSchemas).sort()).toEqual(Object.keys(protocol).sort())
  })
})

describe('a word from outside is refused', () => {
  const event = {
    clock: 1,
    author: 'a',
    serial: 1,
    timestampMs: 0,
    type: 'ADD',
    member: { id: 'a', name: 'Gull', uri: 'http://127.0.0.1:8080', tokens: ['0'.repeat(40)] },
  }
  const ack = (changed: object): unknown => ({
    type: 'GossipAck',
    events: [{ ...event, member: { ...event.member, ...changed } }],
    records: [],
    known: null,
  })

  test.each([
    ['where a name would move a terminal', ack({ name: '\u001b[2J' })],
    ['where a URL has blanks', ack({ uri: 'http://a b' })],
    ['where a token is no place on the ring', ack({ tokens: ['0'.repeat(39)] })],
    ['where a member has no token', ack({ tokens: [] })],
    ['where it has more than it may', { ...(ack({}) as object), more: 1 }],
    ['where it is nothing', undefined],
  ])('%s', (_what, message) => {
    expect(dhtSchemas.GossipAck.safeParse(ack({})).success).toBe(true)
    expect(dhtSchemas.GossipAck.safeParse(message).success).toBe(false)
  })
})
