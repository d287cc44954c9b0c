import { describe, expect, test } from 'vitest'
import type { Bounds } from '../../../explore/exhaustive/bounds.ts'
import { exploreAll } from '../../../explore/exhaustive/search.ts'
import { smallSystem } from '../../../explore/exhaustive/small-scenario.ts'
import type { SmallSystem } from '../../../explore/exhaustive/world.ts'
import { raftKv } from '../../../scenarios/raft-kv.ts'
import { abd } from './systems/abd.ts'
import { keeper } from './systems/keeper.ts'
import { registerSystem, singleCopy } from './systems/register.ts'
import { twoPhaseCommit } from './systems/two-phase-commit.ts'

const elections = (nodes: number, bug?: string): SmallSystem => {
  const settings = { nodes, clients: 1, operations: 0, durationMs: 1_000 }
  return smallSystem(raftKv, bug === undefined ? settings : { ...settings, bug })
}
const ELECTIONS = { timers: ['election'], timeouts: 1 }

/**
 * The reduction only leaves steps out, so its states are some of all states: where they are as many, they are the
 * same ones, and so is everything that can be asked of a state.
 */
describe('partial-order reduction meets every state, by fewer steps', () => {
  const worlds: readonly (readonly [string, () => SmallSystem, Partial<Bounds>])[] = [
    ['a register on one server', () => registerSystem(1, singleCopy), {}],
    ['a register shared by two', () => abd(2), {}],
    ['a register shared by two, in order', () => abd(2), { network: 'ordered' }],
    ['a register shared by two, some messages lost', () => abd(2), { drops: 1, depth: 9 }],
    ['two-phase commit of three', () => twoPhaseCommit(3), { network: 'duplicating' }],
    ['two-phase commit of two, messages lost', () => twoPhaseCommit(2), { network: 'duplicating', drops: 2 }],
    ['elections of three', () => elections(3), { ...ELECTIONS, depth: 6 }],
    ['elections of three, with crashes', () => elections(3), { ...ELECTIONS, kills: 1, powerLosses: 1, depth: 5 }],
    ['a server that syncs', () => keeper('after the sync'), { timeouts: 2, powerLosses: 1, syncs: 'pending' }],
  ]

  test.each(worlds)('%s', (_name, system, bounds) => {
    const { steps, ...all } = exploreAll(system(), bounds)
    const { steps: fewer, ...reduced } = exploreAll(system(), { ...bounds, partialOrder: true })
    expect(reduced).toEqual(all)
    expect(fewer).toBeLessThanOrEqual(steps)
  })

  test('where much happens at the same time, by a third fewer', () => {
    const bounds = { ...ELECTIONS, depth: 7 }
    const { steps } = exploreAll(elections(3), bounds)
    expect(exploreAll(elections(3), { ...bounds, partialOrder: true }).steps).toBeLessThan((steps * 2) / 3)
  })

  test('a violation is found at the same depth', () => {
    for (const [system, bounds] of [
      [registerSystem(2, singleCopy), {}],
      [elections(3, 'R14'), ELECTIONS],
    ] as const) {
      const { violation, depth } = exploreAll(system, { ...bounds, partialOrder: true })
      expect({ property: violation?.property, depth }).toEqual({
        property: exploreAll(system, bounds).violation?.property,
        depth: 4,
      })
    }
  })
})

describe('symmetry takes states for one that differ by names alone', () => {
  test.each([1, 2, 3, 5])('two-phase commit of %i has as many states as there are classes of them', (count) => {
    const result = exploreAll(twoPhaseCommit(count), { network: 'duplicating', symmetry: true })
    expect(result).toMatchObject({ verdict: 'ok', explored: 'all', states: classesOfTwoPhaseCommit(count) })
  })

  test('elections of three have six times fewer states, or nearly, and the same depth', () => {
    const bounds = { ...ELECTIONS, depth: 6 }
    const all = exploreAll(elections(3), bounds)
    const classes = exploreAll(elections(3), { ...bounds, symmetry: true })
    expect(classes).toMatchObject({ verdict: all.verdict, depth: all.depth, explored: all.explored })
    // No class has more than 3! members.
    expect(classes.states).toBeGreaterThanOrEqual(all.states / 6)
    expect(classes.states).toBeLessThan(all.states / 4)
  })

  test('a violation is found at the same depth', () => {
    expect(exploreAll(elections(3, 'R14'), { ...ELECTIONS, symmetry: true })).toMatchObject({
      verdict: 'violated',
      violation: { property: 'election safety' },
      depth: 4,
    })
  })

  test('more nodes than five are refused', () => {
    expect(() => exploreAll(twoPhaseCommit(6), { symmetry: true })).toThrow(/at most 5/)
  })
})

/** Two-phase commit once more, as a relation on rows of letters: what each resource is, has said, and was counted for. */
function classesOfTwoPhaseCommit(count: number): number {
  const first = `open ${'w--,'.repeat(count)}`
  const seen = new Set([first])
  const open = [first]
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const next of successors(state)) {
      if (seen.has(next)) continue
      seen.add(next)
      open.push(next)
    }
  }
  return seen.size
}

function successors(state: string): readonly string[] {
  const [manager, list] = state.split(' ') as [string, string]
  const rows = list.split(',').slice(0, -1)
  const become = (who: string, all: readonly string[]): string =>
    `${who} ${all
      .map((row) => `${row},`)
      .sort()
      .join('')}`
  const put = (index: number, row: string): string =>
    become(
      manager,
      rows.map((old, at) => (at === index ? row : old)),
    )
  const next: string[] = []
  for (const [index, row] of rows.entries()) {
    const [, said, counted] = row as unknown as readonly [string, string, string]
    if (row.startsWith('w')) next.push(put(index, `ps${counted}`), put(index, `a${said}${counted}`))
    if (manager === 'open' && said === 's') next.push(put(index, `${row[0]!}s+`))
    if (manager === 'committed') next.push(put(index, `c${said}${counted}`))
    if (manager === 'aborted') next.push(put(index, `a${said}${counted}`))
  }
  if (manager === 'open') next.push(become('aborted', rows))
  if (manager === 'open' && rows.every((row) => row.endsWith('+'))) next.push(become('committed', rows))
  return next
}
