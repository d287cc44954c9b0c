import { describe, expect, test } from 'vitest'
import { chordNode } from '../../../nodes/chord/node.ts'
import type { ChordState } from '../../../nodes/chord/state.ts'
import { HandDriven } from '../support/hand-driven.ts'
import { OneNode, pair, placeOf } from '../support/chord.ts'

const MEMBERS = ['n10', 'n50', 'n100', 'n150', 'n200']
const CONFIGURATION = { members: MEMBERS, bits: 8, identify: placeOf, redundancy: 2, copies: 2 }

function restarted(node: OneNode): HandDriven<ChordState> {
  return node.restarted(chordNode(CONFIGURATION)) as HandDriven<ChordState>
}

describe('a node that was started again', () => {
  test('holds its pairs, and looks for its place anew', () => {
    const node = new OneNode('n100', MEMBERS)
    node.receive('n50', { type: 'Store', request: 8, pairs: [pair('k70', 4), pair('k80', 5)] })
    const { state } = restarted(node)
    expect(state).toMatchObject({ phase: 'joining', predecessor: null, successors: [] })
    expect([...state.pairs.values()]).toEqual([pair('k70', 4), pair('k80', 5)])
  })

  test('knows its neighbours, to ask them', () => {
    const node = new OneNode('n100', MEMBERS)
    node.fire('stabilize')
    node.neighbours('n150', 'n100', ['n170', 'n200'])
    expect(restarted(node).state.known.map(({ node: name }) => name)).toEqual(['n150', 'n170', 'n50'])
  })

  test('holds the same once its journal was written anew', () => {
    const node = new OneNode('n100', MEMBERS, { compactAfterBytes: 200 })
    for (let version = 1; version <= 20; version++) {
      node.receive('n50', { type: 'Store', request: version, pairs: [pair('k70', version)] })
    }
    const before = node.state.journal.length
    node.fire('maintain')
    expect(node.state.journal.length).toBeLessThan(before / 2)
    expect(restarted(node).state.pairs.get('k70')).toEqual(pair('k70', 20))
  })

  test('stays outside where it had left', () => {
    const outside = new OneNode('n70', MEMBERS)
    expect(restarted(outside).state.phase).toBe('outside')
  })

  test('joins with nothing where its disk was lost', () => {
    const node = new HandDriven<ChordState>(chordNode(CONFIGURATION), 'n100')
    expect(node.state).toMatchObject({ phase: 'joining', pairs: new Map() })
  })

  test('does not run on the disk of another', () => {
    const other = new OneNode('n50', MEMBERS)
    const node = new HandDriven<ChordState>(chordNode(CONFIGURATION), 'n100', other.ctx.disk.files)
    expect(node.ctx.exited).toBe('the journal belongs to n50')
  })
})
