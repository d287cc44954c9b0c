import { describe, expect, test } from 'vitest'
import { drawFaults, type PlanSubject } from '../../explore/fault-plan.ts'
import { STRATEGY_NAMES, type StrategyName } from '../../explore/strategies/names.ts'
import { FAULT_KINDS, type Fault, FILE_RENAMED, NOTED } from '../../sim/faults.ts'

const SERVERS = ['n1', 'n2', 'n3', 'n4', 'n5']
const subject: PlanSubject = {
  nodes: [...SERVERS.map((id) => ({ id, role: 'server' })), ...['c1', 'c2'].map((id) => ({ id, role: 'client' }))],
  menu: { quorumRole: 'server', oldDiskRoles: ['client'], emptyDiskRoles: ['server', 'client'] },
  calmAtMs: 6000,
}
const SEEDS = Array.from({ length: 3000 }, (_, seed) => seed)
/** Most of what follows is about the swarm, on which the other strategies build. */
const drawSwarm = (seed: number, about: PlanSubject = subject): readonly Fault[] =>
  drawFaults(seed, about, 'swarm').faults
const plans = new Map(SEEDS.map((seed) => [seed, drawSwarm(seed)]))

const isCrash = (
  fault: Fault,
): fault is Extract<Fault, { readonly kind: 'kill' | 'power-loss' | 'crash-in-output' | 'crash-in-recovery' }> =>
  ['kill', 'power-loss', 'crash-in-output', 'crash-in-recovery'].includes(fault.kind)

function endOf(fault: Fault): number {
  if ('forMs' in fault) return fault.atMs + fault.forMs
  return fault.atMs + (('restartAfterMs' in fault && fault.restartAfterMs) || 0)
}

function cutAt(plan: readonly Fault[], atMs: number): boolean {
  return plan.some((fault) => fault.kind === 'partition' && fault.atMs === atMs && fault.groups[0]!.includes(NOTED))
}

describe('a drawn plan', () => {
  test('is the same for the same seed, and different for another', () => {
    expect(drawSwarm(42, subject)).toEqual(plans.get(42))
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
      for (const { atMs } of drawSwarm(seed, { ...subject, calmAtMs: 50 })) expect(atMs).toBeLessThanOrEqual(50)
    }
  })

  test('uses whole microseconds only, as the clock does', () => {
    const times = [...plans.values()].flat().flatMap((fault) => [fault.atMs, 'forMs' in fault ? fault.forMs : 0])
    expect(times.filter((ms) => Math.abs(ms * 1000 - Math.round(ms * 1000)) >= 1e-6)).toEqual([])
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
    const careful = SEEDS.flatMap((seed) => drawSwarm(seed, { ...subject, menu: { quorumRole: 'server' } })).filter(
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
      const plan = drawSwarm(seed, { ...subject, nemesis: ['partition', 'kill'] })
      expect(plan.length).toBeGreaterThan(0)
      expect(plan.every(({ kind }) => kind === 'partition' || kind === 'kill')).toBe(true)
      const offered = drawSwarm(seed, { ...subject, menu: { ...subject.menu, kinds: ['loss'] } })
      expect(offered.every(({ kind }) => kind === 'loss')).toBe(true)
    }
  })

  test('works for one server and no client', () => {
    for (const seed of SEEDS.slice(0, 500)) {
      const plan = drawSwarm(seed, { nodes: [{ id: 'n1', role: 'server' }], menu: {}, calmAtMs: 1000 })
      expect(plan.filter((fault) => fault.forGood === true)).toEqual([])
    }
  })
})

describe('a strategy', () => {
  const withMoments: PlanSubject = { ...subject, menu: { ...subject.menu, moments: ['became leader', 'recovered'] } }
  const drawn = (strategy: StrategyName, about: PlanSubject = withMoments): readonly Fault[][] =>
    SEEDS.slice(0, 800).map((seed) => [...drawFaults(seed, about, strategy).faults])

  test.each(STRATEGY_NAMES)(
    '%s draws the same plan for the same seed, from the kinds that it is offered',
    (strategy) => {
      expect(drawn(strategy)).toEqual(drawn(strategy))
      const restricted = drawn(strategy, { ...withMoments, nemesis: ['partition', 'kill'] }).flat()
      expect(new Set(restricted.map(({ kind }) => kind))).toEqual(new Set(['partition', 'kill']))
    },
  )

  test.each(STRATEGY_NAMES)('%s never lets a server come back whose disk may have lied', (strategy) => {
    const trusting = drawn(strategy).filter((plan) => {
      const untrusted = new Set(
        plan.flatMap((fault) => (fault.kind === 'lost-sync' || fault.kind === 'misdirected-write' ? [fault.node] : [])),
      )
      return plan.filter(isCrash).some(({ node, forGood, when }) => {
        if (node === NOTED) return [...untrusted].some((id) => !when!.spares!.includes(id))
        return untrusted.has(node) && forGood !== true
      })
    })
    expect(trusting).toEqual([])
  })

  test('uniform draws as many faults on average as the swarm, and none that waits for a moment', () => {
    const mean = (some: readonly Fault[][]): number => some.flat().length / some.length
    expect(mean(drawn('uniform')) / mean(drawn('swarm'))).toBeGreaterThan(0.8)
    expect(mean(drawn('uniform')) / mean(drawn('swarm'))).toBeLessThan(1.25)
    expect(
      drawn('uniform')
        .flat()
        .filter(({ when }) => when !== undefined),
    ).toEqual([])
  })

  test('moments lets faults wait for the notes of the menu only, and aims most at the node that wrote them', () => {
    const waiting = drawn('moments')
      .flat()
      .filter(({ when }) => when !== undefined)
    expect(new Set(waiting.map(({ when }) => when!.note))).toEqual(new Set(['became leader', 'recovered']))
    const aimed = waiting.filter((fault) => JSON.stringify(fault).includes(NOTED))
    expect(aimed.length / waiting.length).toBeGreaterThan(0.4)
    expect(
      drawn('moments', subject)
        .flat()
        .filter(({ when }) => when !== undefined),
    ).toEqual([])
  })

  test('moments takes no disk and no life for good from a node that nobody knows beforehand', () => {
    const crashes = drawn('moments')
      .flat()
      .filter(isCrash)
      .filter(({ node }) => node === NOTED)
    expect(crashes.length).toBeGreaterThan(100)
    expect(crashes.filter(({ disk, forGood }) => disk !== undefined || forGood === true)).toEqual([])
  })

  test('churn strikes whoever leads, and whoever leads after, until the storm is over', () => {
    const leads: PlanSubject = {
      ...subject,
      menu: { ...subject.menu, moments: ['became leader'], leads: 'became leader' },
    }
    for (const plan of drawn('churn', leads).slice(0, 100)) {
      const struck = plan.flatMap(({ when }) => (when?.occurrence === undefined ? [] : [when.occurrence]))
      expect(struck.sort((a, b) => a - b)).toEqual(Array.from({ length: struck.length }, (_, index) => index + 1))
      expect(struck.length).toBeGreaterThan(10)
    }
  })

  test('cycles strikes over the whole storm, and all that a blow breaks is whole again in the peace after it', () => {
    const plan = drawn('cycles')
    for (const faults of plan.slice(0, 300)) {
      const passing = faults.filter(({ forGood }) => forGood !== true)
      const spans = passing.map((fault) => [fault.atMs, endOf(fault)] as const)
      expect(spans.every(([, endMs]) => endMs <= subject.calmAtMs + 1)).toBe(true)
      const starts = passing.map(({ atMs }) => atMs)
      const peaceful = starts.filter((atMs) => atMs > 0 && spans.every(([from, to]) => from >= atMs || to <= atMs))
      expect(new Set(peaceful).size).toBeGreaterThanOrEqual(2)
      expect(Math.min(...starts)).toBeLessThan(2_500)
    }
    const kinds = new Set(plan.flat().map(({ kind }) => kind))
    expect([...kinds]).toEqual(
      expect.arrayContaining(['kill', 'power-loss', 'pause', 'partition', 'one-way-partition']),
    )
    expect([...kinds].filter((kind) => ['bit-rot', 'lost-sync', 'misdirected-write'].includes(kind))).toEqual([])
  })

  test('cycles puts whoever leads to sleep behind a cut', () => {
    const leads: PlanSubject = { ...subject, menu: { ...subject.menu, leads: 'became leader' } }
    const asleep = drawn('cycles', leads).filter((plan) =>
      plan.some(({ kind, atMs, when }) => kind === 'pause' && when !== undefined && cutAt(plan, atMs)),
    )
    expect(asleep.length).toBeGreaterThan(400)
  })

  test('cycles lets the power of all fail on slow disks, and brings whoever leads back long after the others', () => {
    const leads: PlanSubject = { ...subject, menu: { ...subject.menu, leads: 'became leader' } }
    const crashes = drawn('cycles', leads).map((plan) => plan.filter(isCrash))
    const blows = crashes.flatMap((plan) =>
      plan
        .filter(({ kind, node, when }) => kind === 'power-loss' && node === NOTED && when?.occurrence === undefined)
        .filter(({ atMs }) => atMs < subject.calmAtMs - 2_400)
        .map((ofLeader) => ({
          ofLeader,
          others: plan.filter(({ atMs, when }) => atMs === ofLeader.atMs && when?.spares !== undefined),
        })),
    )
    expect(blows.length).toBeGreaterThan(100)
    for (const { ofLeader, others } of blows) {
      expect(others.map(({ node }) => node).sort()).toEqual(SERVERS)
      expect(others.every(({ node, when }) => when!.spares!.includes(node))).toBe(true)
      for (const { restartAfterMs } of others) expect(ofLeader.restartAfterMs! - restartAfterMs!).toBeGreaterThan(1_500)
    }
  })

  test('crashes lets servers crash at the moments of the menu, and all come back soon', () => {
    const waiting = drawn('crashes')
      .flat()
      .filter(isCrash)
      .filter(({ when }) => when !== undefined)
    expect(waiting.length).toBeGreaterThan(1000)
    expect(new Set(waiting.map(({ when }) => when!.note))).toEqual(
      new Set(['became leader', 'recovered', FILE_RENAMED]),
    )
    expect(waiting.every(({ restartAfterMs }) => restartAfterMs! < 500)).toBe(true)
  })

  test('pct gives nodes an order from the start on, in nearly every run', () => {
    const ordered = drawn('pct', { ...withMoments, nemesis: ['slow-link'] }).filter((plan) =>
      plan.some((fault) => fault.kind === 'slow-link' && fault.atMs === 0 && fault.to?.length === 1),
    )
    expect(ordered.length).toBeGreaterThan(700)
  })

  test('pos lets messages overtake each other one by one', () => {
    expect(drawFaults(1, subject, 'pos').anyOrder).toBe(true)
    expect(drawFaults(1, subject, 'swarm').anyOrder).toBe(false)
  })
})
