import { describe, expect, test, vi } from 'vitest'
import { check } from '../../checks/linearizability/linearizable.ts'
import { casRegister } from '../../checks/models/cas-register.ts'
import { executeRun } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import { readToken } from '../../explore/token.ts'
import { runTo, simulate, simulationTest } from '../../runtime/vitest.ts'
import { callSite, failureMessage, SimulationFailure } from '../../runtime/vitest-failure.ts'
import { echo, neverHappens } from './echo.ts'

simulationTest('a scenario that holds passes', echo(), { runs: 20 })
simulationTest('a planted bug is found', echo(), { bug: 'restarts', expectFail: true })

const site = callSite(callSite)

describe('simulate', () => {
  test('ends at the first failure, shrunk, with a token that replays it', async () => {
    const scenario = echo()
    const summary = await simulate(scenario, { bug: 'restarts' })
    expect(summary).not.toBeOk()
    const [failure] = summary.failures
    expect(summary.runs).toBe(failure!.run)
    expect(failure!.shrunk!.plan.faults).toHaveLength(1)
    const replayed = executeRun(scenario, readToken(scenario, failure!.token).plan)
    expect(replayed.traceHash).toBe(failure!.shrunk!.result.traceHash)
    expect(replayed.violations[0]!.property).toBe('no server was restarted')
  })

  test('runs the seeds of the environment', async () => {
    vi.stubEnv('PETREL_SEED', '5')
    vi.stubEnv('PETREL_RUNS', '3')
    const { firstSeed, runs } = await simulate(echo())
    vi.unstubAllEnvs()
    expect([firstSeed, runs]).toEqual([5, 3])
  })

  test('leaves the event loop its turn, with fake timers too', async () => {
    vi.useFakeTimers()
    const order: string[] = []
    const running = simulate(echo(), { runs: 1 }).then(() => order.push('simulated'))
    await Promise.resolve()
    order.push('others')
    vi.useRealTimers()
    await running
    expect(order).toEqual(['others', 'simulated'])
  })

  test('says of an unknown bug which there are', async () => {
    await expect(simulate(echo(), { bug: 'R2' })).rejects.toThrow('echo has no planted bug "R2"; it has: restarts.')
  })

  test('names the handler that is not deterministic', async () => {
    let calls = 0
    const scenario = echo({
      server: () => ({
        start: () => ({}),
        onMessage: (_state, ctx, from, message) =>
          ctx.send(from, { type: 'said', id: message.id, restarted: calls++ > 60 }),
      }),
    })
    await expect(simulate(scenario)).rejects.toThrow(/echo is not deterministic: seed 0x1 .* handling say from c\d/)
  })
})

describe('the message of a failed simulation test', () => {
  test('has the contradiction, the fault, the replay line, and the seed for here', async () => {
    const summary = await simulate(echo(), { bug: 'restarts' })
    const message = failureMessage(summary, false, 'abc1234', site)!
    expect(message).toContain('echo: no server was restarted does not hold: a restarted server answered')
    expect(message).toMatch(/kill of n\d/)
    expect(message.replace('\\\n', '')).toContain(`npx petrel replay ${summary.failures[0]!.token}`)
    expect(message).toMatch(/PETREL_SEED=0x[0-9a-f]+ npx vitest run .*vitest\.test\.ts/)
    expect(message).toContain('petrel.config.ts')
    expect(
      Math.max(
        ...message
          .split('\n')
          .filter((line) => !line.startsWith('v1.'))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(110)
  })

  test('says that what never happened was not tested, unless one seed was asked for', async () => {
    const summary = await simulate(echo({ properties: [neverHappens] }), { runs: 2 })
    expect(failureMessage(summary, false, 'abc1234', site)).toContain('in 2 runs never seen: "pigs fly"')
    expect(failureMessage(summary, true, 'abc1234', site)).toBeUndefined()
  })

  test('says that a sweep in which next to nothing succeeded is no evidence', async () => {
    const summary = await simulate(echo({ evidence: 1.01 }), { runs: 2 })
    expect(failureMessage(summary, false, 'abc1234', site)).toContain('echo: the verdict is unknown. no evidence')
  })

  test('comes with the place in the user’s file', () => {
    const { stack } = new SimulationFailure('wet', site)
    expect(stack!.split('\n')[0]).toBe('SimulationFailure: wet')
    expect(stack!.split('\n')[1]).toContain('vitest.test.ts')
  })
})

describe('the matchers', () => {
  const operation = { process: 'c1', invokedAtMs: 0, returnedAtMs: 1, outcome: 'ok' as const }
  const ok = check([{ ...operation, id: 0, input: { action: 'read' }, output: null }], casRegister)
  const violated = check([{ ...operation, id: 0, input: { action: 'read' }, output: 9 }], casRegister)
  const unknown = { verdict: 'unknown' as const, steps: 5, reason: 'no answer within 5 steps' }

  test('toBeOk takes ok alone', () => {
    expect(ok).toBeOk()
    expect(unknown).not.toBeOk()
    expect(() => expect(unknown).toBeOk()).toThrow('the verdict is unknown: no answer within 5 steps')
    expect(() => expect(violated).toBeOk()).toThrow(/the verdict is violated\nlinearizable: /)
  })

  test('toHaveNoViolation takes what is unknown, too', () => {
    expect(ok).toHaveNoViolation()
    expect(unknown).toHaveNoViolation()
    expect(violated).not.toHaveNoViolation()
  })

  test('take the result of a run', () => {
    const scenario = echo()
    expect(executeRun(scenario, planRun(scenario, 1, scenario.defaults))).toBeOk()
  })

  test('refuse what has no verdict', () => {
    expect(() => expect(42).toBeOk()).toThrow('toBeOk is for what has a verdict')
  })
})

describe('a break point', () => {
  test('stops at the event, from a seed and from a token', async () => {
    const scenario = echo()
    const world = runTo(scenario, 3, 50)
    // What is recorded in the handling of the event belongs to it.
    const { events } = world.trace!
    expect([events[49]!.number, events.at(-1)!.atUs]).toEqual([50, events[49]!.atUs])
    expect(world.state('n1')).toEqual({ restarted: false })
    world.step()
    expect(world.hash.events).toBeGreaterThanOrEqual(50)
    const { failures } = await simulate(scenario, { bug: 'restarts' })
    const { atEvent } = failures[0]!.shrunk!.result.violations[0]!
    expect(runTo(scenario, failures[0]!.token, atEvent!).trace!.events.at(-1)!.number).toBe(atEvent)
  })

  test('beyond the end of the run is refused', () => {
    expect(() => runTo(echo(), 1, 1_000_000)).toThrow(/The run has \d+ events, so it cannot stop at #1000000/)
  })
})
