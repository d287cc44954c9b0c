import { describe, expect, test } from 'vitest'
import type { AlwaysProperty, ClusterView, NodeView } from '../../../checks/property.ts'
import { underAssumptions } from '../../../nodes/chord/assumptions.ts'
import { fingersRight, ringIdeal } from '../../../nodes/chord/convergence.ts'
import { chordInvariants } from '../../../nodes/chord/invariants.ts'
import { OneNode, peer } from '../support/chord.ts'

const MEMBERS = ['n10', 'n50', 'n100', 'n150', 'n200', 'n250']

/** A ring that is ideal until a test changes it. */
class Ring {
  readonly nodes: Record<string, NodeView & { up: boolean; state: unknown }>
  private readonly memories = new Map<unknown, unknown>()

  constructor(members: readonly string[] = MEMBERS) {
    this.nodes = Object.fromEntries(
      members.map((id) => {
        const { state } = new OneNode(id, members)
        return [id, { id, role: 'node', up: true, incarnation: 1, state }]
      }),
    )
    this.opens()
  }

  get view(): ClusterView {
    const nodes = Object.values(this.nodes)
    return { nowMs: 0, nodes, node: (id) => this.nodes[id] }
  }

  set(id: string, successors: readonly string[], predecessor?: string): void {
    const state = this.nodes[id]!.state as OneNode['state']
    state.successors = successors.map(peer)
    if (predecessor !== undefined) state.predecessor = peer(predecessor)
  }

  crash(id: string): void {
    const node = this.nodes[id]!
    node.up = false
    node.state = undefined
  }

  /** Whether something changed, and the assumptions hold. */
  opens(): boolean {
    return underAssumptions.opens(this.memory(underAssumptions) as never, this.nodes['n10']!, this.view)
  }

  /** What is broken, by name, where the assumptions hold. */
  broken(): readonly string[] {
    const { view } = this
    return chordInvariants.filter((property) => this.check(property, view) !== undefined).map(({ name }) => name)
  }

  private check(property: AlwaysProperty, view: ClusterView): string | undefined {
    return view.nodes
      .map((node) => property.check(view, this.memory(property), node))
      .find((wrong) => wrong !== undefined)
  }

  private memory(of: { readonly memory: () => unknown }): unknown {
    if (!this.memories.has(of)) this.memories.set(of, of.memory())
    return this.memories.get(of)
  }
}

describe('the invariants of the ring', () => {
  test('hold of an ideal ring, and of one with a joiner nobody knows of yet', () => {
    const ring = new Ring()
    expect(ring.broken()).toEqual([])
    ring.nodes['n120'] = { ...ring.nodes['n100']!, id: 'n120', state: new OneNode('n120', [...MEMBERS, 'n120']).state }
    expect(ring.broken()).toEqual([])
  })

  test('find a list that is out of order', () => {
    const ring = new Ring()
    ring.set('n100', ['n200', 'n150'])
    expect(ring.broken()).toContain('successor lists are in order')
  })

  test('find a member whose successors have all failed', () => {
    const ring = new Ring()
    ring.crash('n150')
    ring.crash('n200')
    expect(ring.broken()).toContain('every member has a live successor')
  })

  test('find two rings', () => {
    const ring = new Ring()
    for (const [one, other] of [
      ['n10', 'n100'],
      ['n100', 'n200'],
      ['n200', 'n10'],
    ] as const)
      ring.set(one, [other])
    for (const [one, other] of [
      ['n50', 'n150'],
      ['n150', 'n250'],
      ['n250', 'n50'],
    ] as const)
      ring.set(one, [other])
    expect(ring.broken()).toContain('there is one ring')
  })

  test('find a ring that leads round twice', () => {
    const ring = new Ring()
    const round = ['n10', 'n100', 'n200', 'n50', 'n150', 'n250']
    round.forEach((id, place) => ring.set(id, [round[(place + 1) % round.length]!]))
    expect(ring.broken()).toContain('the ring is ordered')
    expect(ring.broken()).not.toContain('there is one ring')
  })

  test('find that too few members are skipped by no list', () => {
    const ring = new Ring()
    for (const id of MEMBERS) ring.set(id, [MEMBERS[(MEMBERS.indexOf(id) + 2) % MEMBERS.length]!])
    expect(ring.broken()).toContain('enough members are skipped by none')
  })
})

describe('the assumptions', () => {
  test('hold while fewer fail than a list is long, and no longer', () => {
    const ring = new Ring()
    ring.crash('n150')
    expect(ring.opens()).toBe(true)
    ring.crash('n200')
    expect(ring.opens()).toBe(false)
  })

  test('are broken where a member is taken for dead, until the ring is ideal again', () => {
    const ring = new Ring()
    const state = ring.nodes['n100']!.state as OneNode['state']
    const { successors } = state
    state.counts.dropped++
    state.lastDropped = 'n150'
    ring.set('n100', ['n200'])
    expect(ring.opens()).toBe(false)
    state.successors = successors
    expect(ring.opens()).toBe(true)
  })

  test('a crash is seen although it is no event of the node that crashed', () => {
    const ring = new Ring()
    expect(ring.opens()).toBe(false)
    ring.crash('n150')
    expect(ring.opens()).toBe(true)
  })
})

describe('in the calm', () => {
  test('it is told who has the wrong neighbours, and who is still outside', () => {
    const ring = new Ring()
    expect(ringIdeal.check(ring.view, [], undefined)).toBeUndefined()
    ring.set('n100', ['n200', 'n250'])
    expect(ringIdeal.check(ring.view, [], undefined)).toBe('n100 has n200 for successor 1, which is n150')
    ring.set('n100', ['n150', 'n200'], 'n10')
    expect(ringIdeal.check(ring.view, [], undefined)).toBe('n100 has n10 for predecessor, which is n50')
    ;(ring.nodes['n250']!.state as OneNode['state']).phase = 'joining'
    expect(ringIdeal.check(ring.view, [], undefined)).toBe('n250 has not found its place')
  })

  test('it is told which finger is wrong', () => {
    expect(fingersRight.check(new Ring().view, [], undefined)).toBe('finger 0 of n10 is n10, and should be n50')
  })
})
