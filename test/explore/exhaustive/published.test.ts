import { describe, expect, test } from 'vitest'
import { exploreAll } from '../../../explore/exhaustive/search.ts'
import { abd } from './systems/abd.ts'
import { paxos } from './systems/paxos.ts'
import { pingPong, upTo } from './systems/ping-pong.ts'
import { registerSystem, singleCopy } from './systems/register.ts'
import { twoPhaseCommit } from './systems/two-phase-commit.ts'

/**
 * Counts that stateright (Jon Nadal, github.com/stateright/stateright) publishes in its examples and tests, for the
 * same systems written for it in Rust. Where they are of searches to the end, they must be the same here.
 */
describe('states are as many as stateright publishes', () => {
  test.each([
    [1, { network: 'duplicating', drops: Infinity } as const, 14],
    [5, { network: 'duplicating', drops: Infinity } as const, 4_094],
    [5, { network: 'duplicating' } as const, 11],
    [5, { network: 'unordered' } as const, 11],
  ])('ping-pong up to %i, with %j: %i', (most, bounds, states) => {
    const result = exploreAll(pingPong, { ...bounds, within: upTo(most) })
    expect(result).toMatchObject({ verdict: 'ok', explored: 'all', states })
  })

  test.each([
    [3, 288],
    [5, 8_832],
  ])('two-phase commit of %i: %i', (resources, states) => {
    const result = exploreAll(twoPhaseCommit(resources), { network: 'duplicating' })
    expect(result).toMatchObject({ verdict: 'ok', explored: 'all', states, neverSeen: [] })
  })

  test('a register on one server: 93', () => {
    const result = exploreAll(registerSystem(1, singleCopy))
    expect(result).toMatchObject({ verdict: 'ok', explored: 'all', states: 93, neverSeen: [] })
  })

  test('a register shared by a majority of two: 544', () => {
    expect(exploreAll(abd(2))).toMatchObject({ verdict: 'ok', explored: 'all', states: 544, neverSeen: [] })
  })

  test('single-decree Paxos of three: 16,668', () => {
    expect(exploreAll(paxos(3))).toMatchObject({ verdict: 'ok', explored: 'all', states: 16_668, neverSeen: [] })
  })

  test('two copies of a register are not linearizable, and four steps show it', () => {
    const { verdict, violation, path } = exploreAll(registerSystem(2, singleCopy))
    expect({ verdict, property: violation?.property }).toEqual({ verdict: 'violated', property: 'linearizable' })
    expect(path.map(({ from, node, what }) => `${from} ${node} ${(what as { type: string }).type}`)).toEqual([
      'c0 s0 put',
      's0 c0 put ok',
      'c0 s1 get',
      's1 c0 get ok',
    ])
  })
})
