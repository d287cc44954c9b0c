import type { World } from '../sim/world.ts'
import type { RunPlan } from './result.ts'
import { worldOf } from './run.ts'
import { planRun } from './plan-run.ts'
import type { Scenario, Settings } from './scenario.ts'
import { readToken } from './token.ts'
import { UsageError } from './usage-error.ts'

/**
 * A break point: the world of a run as it stands once the event with this number has happened, with the trace up to
 * there. `world.state('n1')` is a node's state, `world.step()` goes on by one event.
 *
 * @param run a seed, or the token of a failure; a token carries its own settings
 * @param event counted from 1, as reports print it: `#412`
 * @throws a UsageError where the run ends before, a TokenError where the token is none
 */
export function runTo(
  scenario: Scenario,
  run: number | string,
  event: number,
  settings: Partial<Settings> = {},
): World {
  const plan: RunPlan =
    typeof run === 'string'
      ? readToken(scenario, run).plan
      : planRun(scenario, run, { ...scenario.defaults, ...settings })
  const world = worldOf(scenario, plan, { trace: true })
  if (!world.runToEvent(event, plan.settings.durationMs)) {
    throw new UsageError('no-such-event', `The run has ${world.hash.events} events, so it cannot stop at #${event}.`)
  }
  return world
}
