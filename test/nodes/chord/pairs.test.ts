import { describe, expect, test } from 'vitest'
import { OneNode, pair, peer } from '../support/chord.ts'

const MEMBERS = ['n10', 'n50', 'n100', 'n150', 'n200']

describe('a write', () => {
  test('is acknowledged once its owner and the node behind it have it on their disks', () => {
    const node = new OneNode('n100', MEMBERS)
    expect(node.receive('n10', put(pair('k70', 4)))).toMatchObject([{ to: 'n150', message: { type: 'Store' } }])
    expect(node.ctx.said.indexOf('sync')).toBeGreaterThanOrEqual(0)
    const done = node.answer('n150', 'Store', { type: 'Stored', accepted: true })
    expect(done).toMatchObject([{ type: 'Done', request: 9, status: 'ok' }])
  })

  test('is not where the other does not take it, or is silent', () => {
    const node = new OneNode('n100', MEMBERS)
    node.receive('n10', put(pair('k70', 4)))
    const done = node.answer('n150', 'Store', { type: 'Stored', accepted: false })
    expect(done).toMatchObject([{ status: 'unavailable' }])
    node.receive('n10', put(pair('k70', 5)))
    node.silence()
    expect(node.ctx.sent).toMatchObject([{ to: 'n10', message: { status: 'unavailable' } }])
  })

  test('is refused by whoever does not own the key', () => {
    const node = new OneNode('n100', MEMBERS)
    expect(node.receive('n10', put(pair('k120', 4)))).toMatchObject([{ message: { status: 'unavailable' } }])
    expect(node.state.pairs.size).toBe(0)
  })

  test('of an older version changes nothing', () => {
    const node = new OneNode('n100', MEMBERS)
    node.receive('n50', store(pair('k70', 4)))
    node.receive('n50', store(pair('k70', 3)))
    expect(node.state.pairs.get('k70')!.version).toBe(4)
  })

  test('is on the disk before a copy is said to be there', () => {
    const said = (bug?: string): readonly string[] => {
      const node = new OneNode('n100', MEMBERS, { bug })
      node.receive('n50', store(pair('k70', 4)))
      return node.ctx.said.filter((word) => !word.startsWith('append'))
    }
    expect(said()).toEqual(['sync', 'send Stored n50'])
    expect(said('CH09')).toEqual(['send Stored n50'])
  })
})

describe('a read', () => {
  test('finds the newest copy, also where the owner has none', () => {
    const node = new OneNode('n100', MEMBERS)
    node.receive('n10', { type: 'Get', request: 9, key: 'k70', place: 70 })
    const done = node.answer('n150', 'Fetch', { type: 'Fetched', member: true, pair: pair('k70', 4) })
    expect(done).toMatchObject([{ type: 'Done', status: 'ok', pair: { version: 4 } }])
  })

  test('is not answered by fewer than half of the copies', () => {
    const node = new OneNode('n100', MEMBERS)
    node.receive('n10', { type: 'Get', request: 9, key: 'k70', place: 70 })
    node.silence()
    expect(node.ctx.sent).toMatchObject([{ message: { type: 'Done', status: 'unavailable' } }])
  })
})

/** The node holds a pair that belongs to n200 and n10, and begins to look after it. */
function holder(self: string, bug?: string): OneNode {
  const node = new OneNode(self, MEMBERS, { bug })
  node.receive('n200', store(pair('k180', 4)))
  node.fire('maintain')
  answerHops(node, ['n200', 'n10'])
  return node
}

/** Whoever is asked the way says that these follow it. */
function answerHops(node: OneNode, following: readonly string[]): void {
  for (const from of ['n150', 'n200']) {
    const asked = [...node.state.pending.values()].some(({ to, message }) => {
      return to.node === from && message.type === 'AskHop'
    })
    const peers = following.map((id) => peer(id))
    if (asked) node.answer(from, 'AskHop', { type: 'Hop', member: true, found: true, peers })
  }
}

describe('pairs in a ring of as many members as there are copies', () => {
  test('are looked after by whoever holds them, for all of these are to', () => {
    const node = new OneNode('n100', ['n100', 'n200'])
    node.receive('n200', store(pair('k180', 4)))
    node.fire('maintain')
    node.answer('n200', 'Compare', { type: 'Compared', accepted: true, lacks: ['k180'] })
    expect(node.ctx.sent).toMatchObject([{ to: 'n200', message: { type: 'Store' } }])
    expect(node.state.pairs.has('k180')).toBe(true)
  })

  test('have their turn one after the other, also where one of them has nowhere to go', () => {
    const node = new OneNode('n100', ['n100'])
    node.state.pairs.set('k70', pair('k70', 1))
    node.state.pairs.set('k180', pair('k180', 1))
    const turns = Array.from({ length: 3 }, () => {
      node.fire('maintain')
      return node.state.cursor
    })
    expect(new Set(turns).size).toBeGreaterThan(1)
  })
})

describe('pairs that lie in the wrong place', () => {
  test('go to those that ought to hold them, and are dropped when these have them', () => {
    const node = holder('n100')
    node.answer('n200', 'Compare', { type: 'Compared', accepted: true, lacks: ['k180'] })
    node.answer('n200', 'Store', { type: 'Stored', accepted: true })
    expect(node.state.pairs.has('k180')).toBe(true)
    node.answer('n10', 'Compare', { type: 'Compared', accepted: true, lacks: [] })
    expect(node.state.pairs.has('k180')).toBe(false)
  })

  test('with a planted bug, are dropped when they are offered', () => {
    expect(holder('n100', 'CH11').state.pairs.has('k180')).toBe(false)
  })

  test('stay where one of those does not take them', () => {
    const node = holder('n100')
    node.answer('n200', 'Compare', { type: 'Compared', accepted: true, lacks: [] })
    node.answer('n10', 'Compare', { type: 'Compared', accepted: false, lacks: [] })
    expect(node.state.pairs.has('k180')).toBe(true)
    expect(node.state.going.size).toBe(0)
  })

  test('do not count as held meanwhile, so that no two nodes drop a pair because of each other', () => {
    const lacks = (bug?: string): unknown => {
      const [answer] = holder('n100', bug).receive('n50', {
        type: 'Compare',
        request: 1,
        keys: ['k180'],
        versions: [4],
      })
      return answer!.message['lacks']
    }
    expect(lacks()).toEqual(['k180'])
    expect(lacks('CH12')).toEqual([])
  })

  test('stay where somebody has asked meanwhile that they are held', () => {
    const node = holder('n100')
    node.receive('n50', store(pair('k180', 4)))
    node.answer('n200', 'Compare', { type: 'Compared', accepted: true, lacks: [] })
    node.answer('n10', 'Compare', { type: 'Compared', accepted: true, lacks: [] })
    expect(node.state.pairs.has('k180')).toBe(true)
  })
})

test('no turn of pairs takes the next one back, where it ends in the middle of what one node owns', () => {
  const node = new OneNode('n100', MEMBERS)
  // All of (200, 10] is owned by n10; the last turn ended at 2, as when another node was there and has left.
  for (const key of ['k5', 'k70', 'k210']) node.receive('n50', store(pair(key, 4)))
  node.state.cursor = 2
  const turns = Array.from({ length: 3 }, () => {
    node.fire('maintain')
    answerHops(node, ['n10', 'n50'])
    const keys = [...node.state.placements.values()].flatMap(({ pairs }) => pairs.map(({ key }) => key))
    node.silence()
    return keys
  })
  expect(turns).toEqual([['k5'], ['k70'], ['k210', 'k5']])
})

describe('leaving', () => {
  const leave = { type: 'ClientRequest', client: 'admin', serial: 1, command: { action: 'leave', node: 'n100' } }

  test('hands over everything first, then tells both neighbours', () => {
    const node = new OneNode('n100', MEMBERS)
    node.receive('n50', store(pair('k70', 4)))
    node.receive('admin', leave)
    node.answer('n150', 'Compare', { type: 'Compared', accepted: true, lacks: ['k70'] })
    node.answer('n150', 'Store', { type: 'Stored', accepted: true })
    expect(node.state.phase).toBe('leaving')
    const said = node.answer('n200', 'Compare', { type: 'Compared', accepted: true, lacks: [] })
    expect(said.map(({ type }) => type)).toEqual(['Goodbye', 'Goodbye', 'ClientReply'])
    expect(node.state).toMatchObject({ phase: 'outside', pairs: new Map() })
  })

  test('leaves its successors to its predecessor, and its predecessor to its successor', () => {
    const before = new OneNode('n50', MEMBERS)
    const goodbye = { type: 'Goodbye', predecessor: peer('n50'), successors: [peer('n150'), peer('n200')] }
    before.receive('n100', goodbye)
    expect(before.successors).toEqual(['n150', 'n200'])
    const behind = new OneNode('n150', MEMBERS)
    behind.receive('n100', goodbye)
    expect(behind.state.predecessor).toEqual(peer('n50'))
  })

  test('with a planted bug, goes and takes the pairs with it', () => {
    const node = new OneNode('n100', MEMBERS, { bug: 'CH10' })
    node.receive('n50', store(pair('k70', 4)))
    node.receive('admin', leave)
    expect(node.state).toMatchObject({ phase: 'outside', pairs: new Map() })
  })

  test('takes nothing more', () => {
    const node = new OneNode('n100', MEMBERS)
    node.receive('n50', store(pair('k70', 4)))
    node.receive('admin', leave)
    expect(node.receive('n50', store(pair('k60', 5)))).toMatchObject([{ message: { accepted: false } }])
  })

  test('is refused where the ring would become too small', () => {
    const node = new OneNode('n100', ['n50', 'n100', 'n150'])
    expect(node.receive('admin', leave)).toMatchObject([{ message: { type: 'ClientReply', status: 'refused' } }])
  })

  test('ends where nobody takes the pairs in time', () => {
    const node = new OneNode('n100', MEMBERS)
    node.receive('n50', store(pair('k70', 4)))
    node.receive('admin', leave)
    node.silence()
    node.ctx.now += 10_000
    expect(node.fire('leave')).toMatchObject([{ message: { type: 'ClientReply', status: 'refused' } }])
    expect(node.state.phase).toBe('member')
  })
})

function put(one: ReturnType<typeof pair>): object {
  return { type: 'Put', request: 9, pair: one }
}

function store(one: ReturnType<typeof pair>): object {
  return { type: 'Store', request: 8, pairs: [one] }
}
