import { describe, expect, test } from 'vitest'
import { FAULT_KINDS, type Fault } from '../../sim/faults.ts'
import type { World, WorldOptions } from '../../sim/world.ts'
import { EVERY_KIND, smallSystem } from './support/small-system.ts'
import { node, worldOf, type TestContext } from './support/world.ts'

const END_MS = 2500

function ran(seed: number, options: Partial<WorldOptions> = {}): World {
  const world = smallSystem(seed, options)
  world.run(END_MS)
  return world
}

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed)

describe('the same seed', () => {
  test('gives the same run, event for event, and another seed another run', () => {
    const hashes = SEEDS.map((seed) => ran(seed).hash.hex)
    expect(SEEDS.map((seed) => ran(seed).hash.hex)).toEqual(hashes)
    expect(new Set(hashes).size).toBe(SEEDS.length)
  })

  test('gives the same run in steps of any size', () => {
    const whole = ran(3)
    const world = smallSystem(3)
    while (world.nowMs < END_MS) world.run(Math.min(END_MS, world.nowMs + 7.3))
    expect([world.hash.hex, world.hash.events]).toEqual([whole.hash.hex, whole.hash.events])
  })

  test.each(['trace', 'verify', 'recordFates', 'observe'] as const)(
    'gives the same hash and the same numbers with and without %s',
    (mode) => {
      for (const seed of SEEDS.slice(0, 8)) {
        const [plain, other] = [ran(seed), ran(seed, { [mode]: mode === 'observe' ? () => {} : true })]
        expect([other.hash.hex, other.hash.events, other.messages]).toEqual([
          plain.hash.hex,
          plain.hash.events,
          plain.messages,
        ])
        expect(other.hash.checkpoints).toEqual(plain.hash.checkpoints)
      }
    },
  )

  test('gives the same hash through the codec, where no byte is corrupted', () => {
    const faults = EVERY_KIND.filter(({ kind }) => kind !== 'corruption')
    for (const seed of SEEDS.slice(0, 8)) {
      expect(ran(seed, { faults, wire: true }).hash.hex).toBe(ran(seed, { faults }).hash.hex)
    }
  })

  test('gives the hashes it always gave: a change here is a change of every recorded run', () => {
    const golden = [1, 2, 3, 20, 0x5eed1f, 2 ** 53 - 1].map((seed) => {
      const { hash, messages } = ran(seed)
      return `${seed.toString(16)} ${hash.hex} events ${hash.events} messages ${messages}`
    })
    expect(golden).toMatchInlineSnapshot(`
      [
        "1 bd5fa5c1da00bc4b events 9108 messages 5311",
        "2 994ef37da7bce43b events 8854 messages 5172",
        "3 2c9adae41680a3ac events 8963 messages 5245",
        "14 1c91407dea1b702b events 8861 messages 5158",
        "5eed1f b597d60ceb74bab4 events 8910 messages 5202",
        "1fffffffffffff b7d9d1df5f4ae44b events 8725 messages 5087",
      ]
    `)
  })

  test('meets every kind of fault', () => {
    const effects = new Set(SEEDS.flatMap((seed) => [...ran(seed).effects.keys()]))
    const names = [
      'partial-partition',
      'delay-long-tailed',
      'delay-exponential',
      'restart-old-disk',
      'restart-empty-disk',
      'upgrade',
      'buggify',
    ]
    // Delays and partitions are counted by their shape.
    const kinds = FAULT_KINDS.filter((kind) => kind !== 'delay' && kind !== 'partition')
    expect([...kinds, ...names].filter((name) => !effects.has(name))).toEqual([])
  })

  test('numbers the events from 1 without gaps, in the order of time, each with a cause before it', () => {
    const { events } = ran(7, { trace: true }).trace!
    expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1))
    expect(events.every(({ atUs }, index) => index === 0 || atUs >= events[index - 1]!.atUs)).toBe(true)
    expect(events.every(({ cause, number }) => cause < number)).toBe(true)
  })

  test('leaves a checkpoint after every 64 events, which tells where two runs part', () => {
    const [one, other] = [
      ran(5),
      ran(5, { faults: [...EVERY_KIND, { id: 99, kind: 'kill', node: 'n1', atMs: 1200, restartAfterMs: 10 }] }),
    ]
    expect(one.hash.checkpoints).toHaveLength(Math.floor(one.hash.events / 64))
    const parted = one.hash.checkpoints.findIndex((hash, index) => hash !== other.hash.checkpoints[index])
    expect(parted).toBeGreaterThan(3)
    const before = smallSystem(5)
    before.runToEvent(parted * 64 + 64, END_MS)
    expect(before.nowMs).toBeGreaterThanOrEqual(1200)
  })
})

/** What became of each message, by its link, type, identity and occurrence. */
function fates(world: World): ReadonlyMap<string, string> {
  const seen = new Map<string, number>()
  const found = new Map<string, string>()
  for (const { kind, peer, node: at, label, body, atUs, reason } of world.trace!.events) {
    if (kind !== 'deliver' && kind !== 'drop') continue
    const { n, saidUs } = body as { readonly n: number; readonly saidUs: number }
    const name = `${peer}>${at} ${label} ${n}`
    const copy = seen.get(name) ?? 0
    seen.set(name, copy + 1)
    found.set(`${name} copy ${copy}`, kind === 'deliver' ? `after ${atUs - saidUs}` : reason!)
  }
  return found
}

/** Of the messages of the first run, the share that met another fate in the second. */
function changed(one: World, other: World, concerned: (name: string) => boolean = () => false): number {
  const [mine, theirs] = [fates(one), fates(other)]
  const names = [...new Set([...mine.keys(), ...theirs.keys()])].filter((name) => !concerned(name))
  return names.filter((name) => mine.get(name) !== theirs.get(name)).length / names.length
}

describe('decisions are keyed by what they decide', () => {
  const IDS = ['n1', 'n2', 'n3', 'n4']
  /** Everyone says a numbered datagram to everyone at times of its own, and answers what it hears. */
  const talkers = IDS.map((id) => {
    let said = 0
    const say = (ctx: TestContext): void => {
      said++
      for (const to of IDS)
        if (to !== id) ctx.send(to, { type: 'datagram', n: said, saidUs: Math.round(ctx.now * 1000) } as never)
      ctx.setTimer('say', 5)
    }
    return { id, make: () => ((said = 0), node(id, { start: say, onTimer: say })) }
  })
  const run = (faults: readonly Fault[], options: Partial<WorldOptions> = {}): World => {
    const world = worldOf(
      talkers.map(({ make }) => make()),
      { network: { latencyMs: [1, 20], loss: 0.1, duplication: 0.1 }, faults, ...options },
    )
    world.run(1500)
    return world
  }
  const plan: readonly Fault[] = [
    { id: 1, kind: 'partition', atMs: 300, forMs: 400, groups: [['n1'], ['n2', 'n3', 'n4']] },
    { id: 2, kind: 'loss', atMs: 100, forMs: 1000, probability: 0.2 },
    { id: 3, kind: 'delay', atMs: 200, forMs: 900, probability: 0.4, delay: { shape: 'exponential', meanMs: 30 } },
    { id: 4, kind: 'duplication', atMs: 400, forMs: 500, probability: 0.3 },
    { id: 5, kind: 'reordering', atMs: 100, forMs: 900, probability: 0.3, withinMs: 40, from: ['n2'] },
    { id: 6, kind: 'slow-sync', atMs: 100, forMs: 900, byMs: 5, node: 'n1' },
  ]
  const without = (id: number): readonly Fault[] => plan.filter((fault) => fault.id !== id)

  test('taking a partition away leaves the fate of every message that did not cross it: 0 % re-rolled', () => {
    const crosses = (name: string): boolean => name.startsWith('n1>') || name.includes('>n1 ')
    expect(changed(run(plan), run(without(1)), crosses)).toBe(0)
    expect(changed(run(plan), run(without(1)))).toBeGreaterThan(0.1)
  })

  test('taking a fault of one sender away leaves the messages of all others', () => {
    expect(changed(run(plan), run(without(5)), (name) => name.startsWith('n2>'))).toBe(0)
    expect(changed(run(plan), run(without(5)))).toBeGreaterThan(0)
  })

  test('taking a fault away that concerns no message leaves them all', () => {
    expect(changed(run(plan), run(without(6)))).toBe(0)
  })

  test('the order and the number of the other faults decide nothing', () => {
    const [first, ...rest] = plan
    expect(changed(run(plan), run([...rest, first!]))).toBe(0)
  })

  test('a node that is gone takes only its own messages along', () => {
    const lost: readonly Fault[] = [...plan, { id: 7, kind: 'kill', atMs: 250, node: 'n4', forGood: true }]
    expect(changed(run(plan), run(lost), (name) => name.includes('n4'))).toBe(0)
  })

  test('another seed re-rolls nearly all', () => {
    expect(changed(run(plan), run(plan, { seed: 2 }))).toBeGreaterThan(0.8)
  })

  test('what a probability did to single messages, written down as faults of their own, gives the same fates without it', () => {
    const network = { latencyMs: [1, 20], loss: 0, duplication: 0 } as const
    const effects: readonly Fault[] = [
      { id: 2, kind: 'loss', atMs: 100, forMs: 1000, probability: 0.2 },
      { id: 3, kind: 'delay', atMs: 200, forMs: 900, probability: 0.4, delay: { shape: 'exponential', meanMs: 30 } },
      { id: 4, kind: 'duplication', atMs: 400, forMs: 500, probability: 0.3 },
      { id: 5, kind: 'clog', atMs: 500, forMs: 100, from: ['n1'] },
    ]
    const original = run(effects, { network, recordFates: true })
    const written = original.fates.map(
      ({ kind, byMs, message, atMs }, index) =>
        ({
          id: index,
          kind,
          atMs,
          message,
          ...(kind === 'slow-message' ? { byMs } : { afterMs: byMs }),
        }) as Fault,
    )
    expect(new Set(written.map(({ kind }) => kind))).toEqual(
      new Set(['lost-message', 'slow-message', 'doubled-message']),
    )
    expect(changed(original, run(written, { network }))).toBe(0)
  })
})
