import { describe, expect, test } from 'vitest'
import {
  byLogicalClock,
  digestOf,
  eventsMissing,
  historyOf,
  lacksSomething,
  newEvents,
  nextStamp,
} from '../../../nodes/dht/history.ts'
import type { MembershipEvent } from '../../../nodes/dht/messages.ts'

function event(
  type: MembershipEvent['type'],
  id: string,
  { clock, author = id, serial = 1, timestampMs = 0 }: { clock: number } & Partial<MembershipEvent>,
): MembershipEvent {
  return { clock, author, serial, timestampMs, type, member: { id, name: id, uri: id, tokens: [`${id}0`] } }
}

const ADD_A = event('ADD', 'a', { clock: 1 })
const ADD_B = event('ADD', 'b', { clock: 2 })
const LEAVE_B = event('LEAVE', 'b', { clock: 3, serial: 2 })
const REMOVE_B = event('REMOVE', 'b', { clock: 4, serial: 3 })

describe('the history of membership', () => {
  test('gives the same ring whatever order its events arrive in (DH-5)', () => {
    const inOrder = historyOf([ADD_A, ADD_B, LEAVE_B, REMOVE_B], byLogicalClock)
    const shuffled = historyOf([REMOVE_B, ADD_A, LEAVE_B, ADD_B], byLogicalClock)
    expect(shuffled).toEqual(inOrder)
    expect([...inOrder.members.keys()]).toEqual(['a'])
    expect([...inOrder.gone.keys()]).toEqual(['b'])
  })

  test('orders by who had seen what, not by wall clocks: a late clock does not undo a removal', () => {
    const added = event('ADD', 'b', { clock: 2, timestampMs: 3_600_000 })
    const removed = event('REMOVE', 'b', { clock: 3, author: 'a', serial: 2, timestampMs: 5 })
    expect(historyOf([ADD_A, added, removed], byLogicalClock).members.has('b')).toBe(false)
  })

  test('a member that leaves is out of the ring, and there until it is gone', () => {
    const leaving = historyOf([ADD_A, ADD_B, LEAVE_B], byLogicalClock)
    expect(leaving.ring.map(({ owner }) => owner)).toEqual(['a'])
    expect([...leaving.leavers.keys()]).toEqual(['b'])
  })

  test('two nodes with the same events have the same view, and no others have it', () => {
    const one = historyOf([ADD_A, ADD_B], byLogicalClock)
    expect(historyOf([ADD_B, ADD_A], byLogicalClock).view).toBe(one.view)
    expect(historyOf([ADD_A], byLogicalClock).view).not.toBe(one.view)
  })

  test('takes events of one author without gaps, and each once', () => {
    const history = historyOf([ADD_A], byLogicalClock)
    expect(newEvents(history, [REMOVE_B, ADD_B, LEAVE_B, ADD_A])).toEqual([ADD_B, LEAVE_B, REMOVE_B])
    expect(newEvents(history, [LEAVE_B, REMOVE_B])).toEqual([])
  })

  test('finds by digests what another lacks', () => {
    const [more, less] = [historyOf([ADD_A, ADD_B, LEAVE_B], byLogicalClock), historyOf([ADD_A, ADD_B], byLogicalClock)]
    expect(eventsMissing(more, digestOf(less))).toEqual([LEAVE_B])
    expect(lacksSomething(less, digestOf(more))).toBe(true)
    expect(lacksSomething(more, digestOf(less))).toBe(false)
    expect(nextStamp(more, 'b')).toEqual({ clock: 4, serial: 3 })
  })
})
