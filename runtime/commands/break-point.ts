import { inspect } from 'node:util'
import { worldOf } from '../../explore/run.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { fullTrace } from '../../reports/full-trace.ts'
import { colours, COLUMNS } from '../../reports/style.ts'
import { moment } from '../../reports/words.ts'
import { ExitCode } from '../exit-code.ts'
import { print, printJson } from '../output.ts'
import { plainJson } from '../plain-json.ts'
import { styleFor } from '../terminal.ts'
import type { TokenRun } from '../token-run.ts'

/** Runs a token until an event has happened and prints what each node holds then. */
export function breakAt({ scenario, content }: TokenRun, event: number, json: boolean): number {
  const world = worldOf(scenario, content.plan, { trace: true, wire: content.wire === true })
  if (!world.runToEvent(event, content.plan.endMs)) {
    throw new UsageError('out-of-range', `--at ${event}: the run has only ${world.hash.events} events.`)
  }
  const nodes = world.nodes.map(({ id, role, up, incarnation, state }) => ({
    id,
    role,
    up,
    incarnation,
    ...(up ? { state } : {}),
  }))
  if (json) {
    printJson({ schema: 1, command: 'replay', at: event, atMs: world.nowMs, nodes: plainJson(nodes) })
    return ExitCode.pass
  }
  const style = styleFor(process.stdout)
  const { trace } = world
  for (const line of fullTrace({ ...trace!, events: trace!.events.slice(event - 1, event) }, style)) print(line)
  for (const node of world.nodes) print(nodeLines(node, style.colour > 0))
  print(colours(style).dim(`at ${moment(world.nowMs)} s; the state of each node when event #${event} had been handled`))
  return ExitCode.pass
}

type WorldNode = ReturnType<typeof worldOf>['nodes'][number]

function nodeLines({ id, role, up, incarnation, state }: WorldNode, colour: boolean): string {
  const head = `${id} (${role}, incarnation ${incarnation})`
  return up
    ? `${head} ${inspect(state, { depth: 6, colors: colour, breakLength: COLUMNS, maxArrayLength: 20 })}`
    : `${head} is down`
}
