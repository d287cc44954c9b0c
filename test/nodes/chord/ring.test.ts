import { describe, expect, test } from 'vitest'
import { OneNode, peer } from '../support/chord.ts'

const MEMBERS = ['n10', 'n50', 'n100', 'n150', 'n200']

describe('a node of the first ring', () => {
  test('begins with those that follow it, and the one before it', () => {
    const node = new OneNode('n150', MEMBERS)
    expect(node.successors).toEqual(['n200', 'n10'])
    expect(node.state.predecessor).toEqual(peer('n100'))
  })
})

describe('stabilize', () => {
  test("takes over the successor's whole list, and cuts it to its own length", () => {
    const node = new OneNode('n10', MEMBERS)
    node.fire('stabilize')
    node.neighbours('n50', 'n10', ['n70', 'n100'])
    expect(node.successors).toEqual(['n50', 'n70'])
  })

  test('ends the list where it comes round to the node itself', () => {
    const node = new OneNode('n10', ['n10', 'n50', 'n100'], { redundancy: 4 })
    node.fire('stabilize')
    node.neighbours('n50', 'n10', ['n100', 'n10', 'n50'])
    expect(node.successors).toEqual(['n50', 'n100'])
  })

  test('takes a nearer successor once that one has answered, and with its list', () => {
    const node = new OneNode('n10', MEMBERS)
    node.fire('stabilize')
    const said = node.neighbours('n50', 'n30', ['n100', 'n150'])
    expect(said).toMatchObject([{ type: 'AskNeighbours' }])
    expect(node.successors).toEqual(['n50', 'n100'])
    expect(node.neighbours('n30', null, ['n50', 'n100'])).toEqual([{ type: 'Notify', peer: peer('n10') }])
    expect(node.successors).toEqual(['n30', 'n50'])
  })

  test('goes on at once where another lies nearer still, so that two rings become one in no more than round trips', () => {
    const node = new OneNode('n10', ['n10', 'n100', 'n150'])
    node.fire('stabilize')
    node.neighbours('n100', 'n50', ['n150'])
    const next = node.neighbours('n50', 'n30', ['n100', 'n150'])
    expect(node.successors).toEqual(['n50', 'n100'])
    expect(next).toMatchObject([{ type: 'AskNeighbours' }])
    expect(node.neighbours('n30', null, ['n50', 'n100'])).toEqual([{ type: 'Notify', peer: peer('n10') }])
    expect(node.successors).toEqual(['n30', 'n50'])
  })

  test('leaves things as they are where the nearer one is dead, and tells its successor that it is there', () => {
    const node = new OneNode('n10', MEMBERS)
    node.fire('stabilize')
    node.neighbours('n50', 'n30', ['n100', 'n150'])
    node.ctx.sent = []
    node.silence()
    expect(node.successors).toEqual(['n50', 'n100'])
    expect(node.ctx.sent.at(-1)).toEqual({ to: 'n50', message: { type: 'Notify', peer: peer('n10') } })
  })

  test('drops a dead successor and asks the next one at once', () => {
    const node = new OneNode('n10', MEMBERS)
    node.fire('stabilize')
    const [request] = node.state.pending.keys()
    while (node.state.pending.has(request!)) node.fire({ type: 'retry', request } as unknown as string)
    expect(node.successors).toEqual(['n100'])
    expect(node.ctx.sent).toMatchObject([{ to: 'n100', message: { type: 'AskNeighbours' } }])
  })

  test('a reply that was given up, doubled, or comes from somebody else changes nothing', () => {
    const node = new OneNode('n10', MEMBERS)
    node.fire('stabilize')
    const [request] = node.state.pending.keys()
    const reply = { type: 'Neighbours', request, member: true, predecessor: null, successors: [peer('n60')] }
    node.receive('n100', reply)
    expect(node.successors).toEqual(['n50', 'n100'])
    node.receive('n50', reply)
    expect(node.successors).toEqual(['n50', 'n60'])
    node.receive('n50', { ...reply, successors: [peer('n90')] })
    expect(node.successors).toEqual(['n50', 'n60'])
  })

  test('who has lost all successors looks for its place anew, and is a member all the same', () => {
    const node = new OneNode('n10', MEMBERS)
    node.fire('stabilize')
    node.answer('n50', 'AskNeighbours', notMember())
    node.answer('n100', 'AskNeighbours', notMember())
    expect(node.state.phase).toBe('lost')
    expect(node.receive('n200', { type: 'AskNeighbours', request: 1 })).toMatchObject([{ message: { member: true } }])
    expect(node.receive('n200', { type: 'AskHop', request: 2, target: 20 })).toMatchObject([
      { message: { found: false, peers: [] } },
    ])
  })
})

describe('rectify', () => {
  test('takes a nearer predecessor at once', () => {
    const node = new OneNode('n100', MEMBERS)
    node.receive('n70', { type: 'Notify', peer: peer('n70') })
    expect(node.state.predecessor).toEqual(peer('n70'))
  })

  test('takes one that is farther off only when the present one is found dead', () => {
    const node = new OneNode('n100', MEMBERS)
    node.receive('n10', { type: 'Notify', peer: peer('n10') })
    expect(node.state.predecessor).toEqual(peer('n50'))
    node.neighbours('n50', 'n10', ['n100', 'n150'])
    expect(node.state.predecessor).toEqual(peer('n50'))
    node.receive('n10', { type: 'Notify', peer: peer('n10') })
    node.answer('n50', 'AskNeighbours', notMember())
    expect(node.state.predecessor).toEqual(peer('n10'))
  })

  test('as published, a dead predecessor stays', () => {
    const node = new OneNode('n100', MEMBERS, { bug: 'CH03' })
    node.receive('n10', { type: 'Notify', peer: peer('n10') })
    expect(node.state.pending.size).toBe(0)
    expect(node.state.predecessor).toEqual(peer('n50'))
  })
})

describe('joining', () => {
  const find = (node: OneNode, from: string, successors: readonly string[]): void => {
    node.answer(from, 'AskHop', { type: 'Hop', member: true, found: true, peers: successors.map(peer) })
  }

  test('begins with the whole list of the member behind which the place is', () => {
    const node = joiner()
    find(node, 'n50', ['n100', 'n150'])
    expect(node.state).toMatchObject({ phase: 'member', predecessor: peer('n50') })
    expect(node.successors).toEqual(['n100', 'n150'])
  })

  test('as published, begins with one successor, and is lost with it', () => {
    const node = joiner('CH01')
    find(node, 'n50', ['n100', 'n150'])
    expect(node.successors).toEqual(['n100'])
  })

  test('asks on where it is sent, and elsewhere where the nearest is dead', () => {
    const node = new OneNode('n70', ['n200', 'n50', 'n10'], { contactsPerTry: 1 })
    node.receive('admin', ofAdministrator({ action: 'join', node: 'n70' }))
    node.fire('join')
    const sent = node.answer('n200', 'AskHop', hop(['n50', 'n10']))
    expect(sent).toMatchObject([{ type: 'AskHop', target: 70 }])
    node.silence()
    find(node, 'n10', ['n100', 'n150'])
    expect(node.state).toMatchObject({ phase: 'member', predecessor: peer('n10') })
  })

  test('keeps out where somebody has its place', () => {
    const twin = new OneNode('m70', MEMBERS, { contactsPerTry: MEMBERS.length })
    twin.receive('admin', ofAdministrator({ action: 'join', node: 'm70' }))
    twin.fire('join')
    find(twin, 'n50', ['n70', 'n100'])
    expect(twin.state.phase).toBe('joining')
    expect(twin.ctx.notes).toContain('identifier taken')
  })

  test('begins a ring of its own only when all are asked and none has answered for long', () => {
    const node = joiner()
    node.ctx.now += 10_000
    node.answer('n200', 'AskHop', hop(['n50']))
    node.fire('join')
    expect(node.state.phase).toBe('joining')
    node.ctx.now += 10_000
    node.fire('join')
    expect(node.state).toMatchObject({ phase: 'member', predecessor: null, successors: [] })
  })
})

function joiner(bug?: string): OneNode {
  const node = new OneNode('n70', MEMBERS, { contactsPerTry: MEMBERS.length, bug })
  node.receive('admin', ofAdministrator({ action: 'join', node: 'n70' }))
  expect(node.state.phase).toBe('joining')
  node.fire('join')
  return node
}

function ofAdministrator(command: object): object {
  return { type: 'ClientRequest', client: 'admin', serial: 1, command }
}

function hop(peers: readonly string[]): Record<string, unknown> {
  return { type: 'Hop', member: true, found: false, peers: peers.map(peer) }
}

function notMember(): Record<string, unknown> {
  return { type: 'Neighbours', member: false, predecessor: null, successors: [] }
}
