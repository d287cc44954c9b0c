import { expect, test } from 'vitest'
import { planRun } from '../../../explore/plan-run.ts'
import { Storm, type Shaken } from '../../../runtime/chaos/storm.ts'
import { raftKv } from '../../../scenarios/raft-kv.ts'
import type { Fault } from '../../../sim/faults.ts'

/** A clock that stands until it is told to go on, and processes that only write down what is done to them. */
function stage(faults: readonly Fault[], calmAtMs = 1_000) {
  let nowMs = 0
  const due: { readonly atMs: number; readonly act: () => void }[] = []
  const done: string[] = []
  const shaken: Shaken = {
    ids: ['n1', 'n2', 'c1'],
    isServer: (id) => id.startsWith('n'),
    become: (active) => done.push(`${nowMs} weather ${active.map(({ fault }) => fault.kind).join('+')}`),
    crash: ({ node }) => done.push(`${nowMs} crash ${node}`) > 0,
    halt: (id, isHalted) => done.push(`${nowMs} ${isHalted ? 'halt' : 'go on'} ${id}`),
    reset: (from, to) => done.push(`${nowMs} reset ${from} to ${to.join()}`),
    spawn: (index) => done.push(`${nowMs} spawn ${index}`),
    calm: () => done.push(`${nowMs} calm`),
  }
  const after = (delayMs: number, act: () => void): void => void due.push({ atMs: nowMs + delayMs, act })
  const storm = new Storm({ faults, calmAtMs }, shaken, { now: () => nowMs, after })
  const goTo = (untilMs: number): void => {
    for (;;) {
      due.sort((one, other) => one.atMs - other.atMs)
      if (due.length === 0 || due[0]!.atMs > untilMs) break
      const { atMs, act } = due.shift()!
      nowMs = atMs
      act()
    }
    nowMs = untilMs
  }
  return { storm, done, goTo }
}

test('faults come in their time and go in their time, and the calm ends what is left', () => {
  const { storm, done, goTo } = stage([
    { id: 1, kind: 'pause', node: 'n1', atMs: 10, forMs: 20 },
    { id: 2, kind: 'kill', node: 'n2', atMs: 15, restartAfterMs: 5 },
    { id: 3, kind: 'loss', probability: 1, atMs: 900, forMs: 5_000 },
  ])
  storm.begin()
  goTo(2_000)
  const expected = ['10 halt n1', '10 weather pause', '15 crash n2', '30 go on n1', '30 weather ', '900 weather loss']
  expect(done).toEqual([...expected, '1000 weather ', '1000 calm'])
})

test('what lasts for good outlasts the calm', () => {
  const cut: Fault = { id: 1, kind: 'partition', groups: [['n1'], ['n2']], atMs: 5, forMs: 10, forGood: true }
  const { storm, goTo } = stage([cut])
  storm.begin()
  goTo(3_000)
  expect(storm.weather().map(({ fault }) => fault.kind)).toEqual(['partition'])
})

test('a fault that waits for a moment hits whoever wrote the note', () => {
  const when = { note: 'became leader', occurrence: 2 }
  const { storm, done, goTo } = stage([{ id: 1, kind: 'kill', node: '@noted', atMs: 7, when }])
  storm.begin()
  storm.noted('n1', 'became leader')
  goTo(50)
  storm.noted('n2', 'became leader')
  goTo(60)
  expect(done).toEqual(['57 crash n2'])
})

test('what cannot be made is counted and nothing is done, and what is made as less is counted apart', () => {
  const { storm, done, goTo } = stage([
    { id: 1, kind: 'bit-rot', node: 'n1', atMs: 1 },
    { id: 2, kind: 'pause', node: 'c1', atMs: 2, forMs: 5 },
    { id: 3, kind: 'power-loss', node: 'n1', atMs: 3 },
  ])
  storm.begin()
  goTo(10)
  expect(done).toEqual(['3 crash n1'])
  expect([...storm.notMade]).toEqual([
    ['bit-rot', 1],
    ['pause', 1],
  ])
  expect([...storm.madeInstead]).toEqual([['power-loss', 1]])
  expect([...storm.made]).toEqual([])
})

test('every fault of a plan of the simulation is carried out, made as less, or said to be left out', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const plan = planRun(raftKv, seed, raftKv.defaults)
    const { storm, goTo } = stage(plan.faults, plan.calmAtMs)
    storm.begin()
    goTo(plan.endMs)
    const counted = [storm.made, storm.madeInstead, storm.notMade].flatMap((one) => [...one.values()])
    expect(counted.reduce((sum, one) => sum + one, 0)).toBe(plan.faults.filter(({ when }) => when === undefined).length)
  }
})
