import { describe, expect, test } from 'vitest'
import { drawFaults, type PlanSubject } from '../../explore/fault-plan.ts'
import { FAULT_KINDS, type Fault } from '../../sim/faults.ts'

const SERVERS = ['n1', 'n2', 'n3', 'n4', 'n5']
const subject: PlanSubject = {
  nodes: [...SERVERS.map((id) => ({ id, role: 'server' })), ...['c1', 'c2'].map((id) => ({ id, role: 'client' }))],
  menu: { quorumRole: 'server', oldDiskRoles: ['client'], emptyDiskRoles: ['server', 'client'] },
  calmAtMs: 6000,
}
const SEEDS = Array.from({ length: 3000 }, (_, seed) => seed)
const plans = new Map(SEEDS.map((seed) => [seed, drawFaults(seed, subject)]))

const isCrash = (
  fault: Fault,
): fault is Extract<Fault, { readonly kind: 'kill' | 'power-loss' | 'crash-in-output' | 'crash-in-recovery' }> =>
  ['kill', 'power-loss', 'crash-in-output', 'crash-in-recovery'].includes(fault.kind)

describe('a drawn plan', () => {
  test('is the same for the same seed, and different for another', () => {
    expect(drawFaults(42, subject)).toEqual(plans.get(42))
    expect(new Set([...plans.values()].map((plan) => JSON.stringify(plan))).size).toBeGreaterThan(2800)
  })

  test('begins every fault within the storm, in the order of time, with a number of its own', () => {
    for (const [seed, plan] of plans) {
      expect(
        plan.every(({ atMs }) => atMs >= 0 && atMs <= subject.calmAtMs),
        `seed ${seed}`,
      ).toBe(true)
      expect(plan.map(({ atMs }) => atMs)).toEqual(plan.map(({ atMs }) => atMs).sort((a, b) => a - b))
      expect(new Set(plan.map(({ id }) => id)).size).toBe(plan.length)
    }
  })

  test('stays within a storm that is over before the first moment that faults usually begin at', () => {
    for (const seed of SEEDS.slice(0, 500)) {
      for (const { atMs } of drawFaults(seed, { ...subject, calmAtMs: 50 })) expect(atMs).toBeLessThanOrEqual(50)
    }
  })

  test('uses whole microseconds only, as the clock does', () => {
    for (const plan of plans.values()) {
      for (const fault of plan) {
        for (const ms of [fault.atMs, 'forMs' in fault ? fault.forMs : 0])
          expect(Math.abs(ms * 1000 - Math.round(ms * 1000))).toBeLessThan(1e-6)
      }
    }
  })

  test('draws every kind there is over many seeds, in some plans and not in others', () => {
    const share = new Map(
      FAULT_KINDS.map((kind) => [
        kind,
        SEEDS.filter((seed) => plans.get(seed)!.some((fault) => fault.kind === kind)).length / SEEDS.length,
      ]),
    )
    expect([...share].filter(([, of]) => of < 0.1 || of > 0.7)).toEqual([])
    expect(SEEDS.filter((seed) => plans.get(seed)!.length === 0).length).toBeGreaterThan(30)
  })

  test('draws partitions of every shape, all delays, and every way to come back', () => {
    const all = [...plans.values()].flat()
    const shapes = new Set(all.flatMap((fault) => (fault.kind === 'delay' ? [fault.delay.shape] : [])))
    expect([...shapes].sort()).toEqual(['constant', 'exponential', 'long-tailed', 'uniform'])
    const partitions = all.flatMap((fault) => (fault.kind === 'partition' ? [fault.groups] : []))
    const servers = (groups: readonly (readonly string[])[]): number =>
      groups.flat().filter((id) => SERVERS.includes(id)).length
    expect(new Set(partitions.map((groups) => Math.sign(servers(groups) - SERVERS.length)))).toEqual(
      new Set([-1, 0, 1]),
    )
    const crashes = all.filter(isCrash)
    expect(new Set(crashes.map(({ disk }) => disk))).toEqual(new Set([undefined, 'old', 'empty']))
    expect(crashes.some(({ upgrade }) => upgrade === true)).toBe(true)
    expect(crashes.some(({ forGood }) => forGood === true)).toBe(true)
  })

  test('loses, cuts off, empties or corrupts at most a minority of the servers for good', () => {
    for (const [seed, plan] of plans) {
      const lost = new Set<string>()
      for (const fault of plan) {
        if (isCrash(fault) && (fault.forGood === true || fault.disk === 'empty')) lost.add(fault.node)
        if (fault.kind === 'bit-rot' || fault.kind === 'lost-sync' || fault.kind === 'misdirected-write')
          lost.add(fault.node)
        if (fault.kind === 'partition' && fault.forGood === true) for (const id of fault.groups[0]!) lost.add(id)
      }
      const servers = [...lost].filter((id) => SERVERS.includes(id))
      expect(servers.length, `seed ${seed}`).toBeLessThanOrEqual(2)
    }
  })

  test('never restarts a server whose disk broke its promise', () => {
    let crashes = 0
    for (const [seed, plan] of plans) {
      const untrusted = new Set(
        plan.flatMap((fault) => (fault.kind === 'lost-sync' || fault.kind === 'misdirected-write' ? [fault.node] : [])),
      )
      for (const fault of plan.filter(isCrash).filter(({ node }) => untrusted.has(node))) {
        crashes++
        expect([fault.forGood, fault.restartAfterMs], `seed ${seed}`).toEqual([true, undefined])
      }
    }
    expect(crashes).toBeGreaterThan(100)
  })

  test('gives back an old or an empty disk only to the roles that the menu names', () => {
    const careful = SEEDS.flatMap((seed) => drawFaults(seed, { ...subject, menu: { quorumRole: 'server' } })).filter(
      isCrash,
    )
    expect(careful.filter(({ disk }) => disk !== undefined)).toEqual([])
    const old = [...plans.values()]
      .flat()
      .filter(isCrash)
      .filter(({ disk }) => disk === 'old')
    expect(old.every(({ node }) => node.startsWith('c'))).toBe(true)
  })

  test('is plain data: the same after a trip through JSON', () => {
    for (const plan of plans.values()) expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })

  test('holds to the kinds it is restricted to, and is not empty then', () => {
    for (const seed of SEEDS.slice(0, 300)) {
      const plan = drawFaults(seed, { ...subject, nemesis: ['partition', 'kill'] })
      expect(plan.length).toBeGreaterThan(0)
      expect(plan.every(({ kind }) => kind === 'partition' || kind === 'kill')).toBe(true)
      const offered = drawFaults(seed, { ...subject, menu: { ...subject.menu, kinds: ['loss'] } })
      expect(offered.every(({ kind }) => kind === 'loss')).toBe(true)
    }
  })

  test('works for one server and no client', () => {
    for (const seed of SEEDS.slice(0, 500)) {
      const plan = drawFaults(seed, { nodes: [{ id: 'n1', role: 'server' }], menu: {}, calmAtMs: 1000 })
      expect(plan.filter((fault) => fault.forGood === true)).toEqual([])
    }
  })
})
