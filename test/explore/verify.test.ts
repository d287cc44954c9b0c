import { describe, expect, test } from 'vitest'
import { firstDifference, handlerAt, printSeeds } from '../../explore/verify.ts'
import type { Scenario } from '../../explore/scenario.ts'
import type { SweepOrder } from '../../explore/sweep.ts'
import { smallSystem } from '../sim/support/small-system.ts'
import { bytes, messages, node, worldOf, type Message, type Script } from '../sim/support/world.ts'

/** Three nodes, of which the second may be wrong in one way. */
function scenarioWith(second: Script): Scenario {
  const tick: Script = {
    start: (ctx) => ctx.setTimer('tick', 20),
    onTimer: (ctx) => {
      ctx.setTimer('tick', 20)
      for (const to of ['n1', 'n2', 'n3']) if (to !== ctx.self) ctx.send(to, { type: 'datagram', n: ctx.now })
    },
  }
  return {
    name: 'small',
    about: 'three nodes that talk',
    calmAt: 0.5,
    evidence: 0,
    faults: {},
    defaults: { nodes: 3, clients: 0, operations: 0, durationMs: 400 },
    network: { latencyMs: [1, 5], loss: 0, duplication: 0 },
    workload: () => [],
    properties: () => [],
    topology: () => ({
      protocol: messages,
      nodes: [node('n1', tick), node('n2', { ...tick, ...second }), node('n3', tick)],
    }),
  }
}

function divergence(second: Script): string | undefined {
  const scenario = scenarioWith(second)
  const order: SweepOrder = { settings: scenario.defaults, nemesis: ['clock-skew'], verify: true }
  const prints = [1, 2].map(() => printSeeds(scenario, order, 7, 1).prints[0]!)
  const event = firstDifference(prints[0]!, prints[1]!)
  return event === undefined ? undefined : handlerAt(scenario, order, 7, event)
}

describe('running a seed twice', () => {
  test('finds nothing in machines that depend on nothing but what they are told', () => {
    expect(divergence({})).toBe(undefined)
  })

  test('names the handler that keeps something in a variable of its module', () => {
    const outside = { count: 0 }
    expect(divergence({ onMessage: (_ctx, { n }, _from, log) => n > 100 && log.push(`${++outside.count}`) })).toMatch(
      /^n2 handling datagram from n[13]$/,
    )
  })

  test('names the handler that draws from Math.random, whether it shows in its state, a message, a timer or a file', () => {
    expect(divergence({ onMessage: (_ctx, _message, _from, log) => log.push(`${Math.random()}`) })).toMatch(
      /^n2 handling datagram from/,
    )
    expect(divergence({ onMessage: (ctx) => ctx.send('n1', { type: 'datagram', n: Math.random() }) })).toMatch(
      /^n2 handling datagram from/,
    )
    expect(divergence({ onMessage: (ctx) => ctx.setTimer('tock', 10 + Math.random()) })).toMatch(
      /^n2 handling datagram from/,
    )
    expect(divergence({ onMessage: (ctx) => ctx.disk.append('file', bytes(`${Math.random()}`)) })).toMatch(
      /^n2 handling datagram from/,
    )
  })
})

describe('a message that is changed after it was sent', () => {
  const shared = (type: 'datagram' | 'stream'): Script => {
    const message = { type, n: 1 }
    return {
      start: (ctx) => {
        ctx.send('n2', message)
        ctx.setTimer('change', 2)
      },
      onTimer: () => {
        message.n = 2
      },
    }
  }
  const findings = (script: Script, receiver: Script, verify: boolean): readonly string[] => {
    const world = worldOf([node('n1', script), node('n2', receiver)], {
      verify,
      network: { latencyMs: [10, 10], loss: 0, duplication: 1 },
    })
    world.run(100)
    return world.findings.map(({ property, summary, node: at }) => `${at}: ${property}: ${summary}`)
  }
  const expected = (type: string): string =>
    `n1: messages are not changed after sending: ${type} was changed after n1 had sent it`

  test.each(['datagram', 'stream'] as const)('is a finding by itself where it is a %s', (type) => {
    expect(findings(shared(type), {}, true)[0]).toBe(expected(type))
    expect(findings(shared(type), {}, false)).toEqual([])
  })

  test('is found where the receiver changes it, and a copy is still under way', () => {
    const says: Script = { start: (ctx) => ctx.send('n2', { type: 'datagram', n: 1 }) }
    const changes: Script = {
      onMessage: (_ctx, message) => {
        ;(message as { n: number }).n = 2
      },
    }
    expect(findings(says, changes, true)).toEqual([expected('datagram')])
    const keeps: Script = { onMessage: (_ctx, message: Message, _from, log) => log.push(`${message.n}`) }
    expect(findings(says, keeps, true)).toEqual([])
  })

  test('does not occur in a system that is well made', () => {
    for (let seed = 0; seed < 5; seed++) {
      const world = smallSystem(seed, { verify: true })
      world.run(2000)
      expect(world.findings).toEqual([])
    }
  })
})
