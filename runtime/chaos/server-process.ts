import { serialize } from 'node:v8'
import { randomStream } from '../../sim/random.ts'
import { findScenario, loadCatalogue } from '../catalogue.ts'
import { hostMachine, type HostedMachine } from '../host/host-machine.ts'
import { heedSignals } from '../host/signals.ts'
import { recordTo } from '../recording/record-to.ts'
import { DiskWeather } from './disk-weather.ts'
import { LinkWeather } from './link-weather.ts'
import type { ServerCommand, ServerNews, ServerOrder } from './order.ts'
import { recordOptions } from './recorded.ts'
import { machineOf, specsOf, subjectOf } from './subject.ts'

/** The process of one server under chaos: the machine of the plan, behind links and a disk that do as they are told. */

const EVENTS_EVERY_MS = 250

/** Those that are halted would never learn that nobody is left to let them go on. */
let halted: readonly number[] = []

function tell(news: ServerNews): void {
  if (process.connected) process.send?.(news)
}

async function run(order: ServerOrder): Promise<void> {
  const catalogue = await loadCatalogue(order.config)
  const scenario = findScenario(catalogue, order.scenario)
  const subject = subjectOf({ ...order, scenario })
  const { plan, protocol } = subject
  const { self, peers, dataDirectory } = order
  const spec = specsOf(subject).find(({ id }) => id === self)!
  const luck = randomStream(order.seed, 'chaos', self, order.incarnation)
  const links = new LinkWeather(self, plan.network, luck.named('links'))
  const disk = new DiskWeather(self, plan.syncMs, luck.named('disk'))
  const hosted: { node?: HostedMachine } = {}
  process.on('message', (command: ServerCommand) => {
    if (command.kind === 'weather') {
      halted = command.halted
      links.become(command.active)
      disk.become(command.active)
    } else if (command.kind === 'reset') {
      for (const peer of command.peers) hosted.node?.resetStream(peer)
    } else tell({ kind: 'state', bytes: serialize(hosted.node?.state()).toString('base64') })
  })
  // Nobody is ready before the weather is known.
  await new Promise((resolve) => process.once('message', resolve))
  const signals = heedSignals()
  const onProblem = (sentence: string): void => tell({ kind: 'unrecorded', sentence })
  const node = await hostMachine({
    self,
    machine: machineOf(spec, order.upgraded),
    protocol,
    peers,
    dataDirectory,
    linkFaults: links,
    diskFaults: disk,
    ...(order.record === undefined
      ? {}
      : { tap: recordTo(order.record, { ...recordOptions(catalogue, scenario, order), onProblem }) }),
    onNote: (event) => {
      if (order.notes.includes(event)) tell({ kind: 'note', event })
    },
  })
  hosted.node = node
  tell({ kind: 'up' })
  let dueMs = performance.now() + EVENTS_EVERY_MS
  const reporting = setInterval(() => {
    const nowMs = performance.now()
    tell({ kind: 'events', count: node.figures.events, lateMs: nowMs - dueMs })
    dueMs = nowMs + EVENTS_EVERY_MS
  }, EVENTS_EVERY_MS)
  const { how, reason, error } = await signals.stop(node)
  clearInterval(reporting)
  tell({ kind: 'events', count: node.figures.events, lateMs: 0 })
  const diskFailed = error?.name === 'DiskError' && !disk.hasFailed
  tell({ kind: 'ended', how, reason, error: error?.name ?? null, diskFailed })
  process.disconnect()
}

// Ctrl-C in a terminal goes to every process of the group; whoever started this one ends it in order.
process.on('SIGINT', () => undefined)
process.once('disconnect', () => {
  for (const pid of halted) {
    try {
      process.kill(pid, 'SIGCONT')
    } catch {
      // It has ended.
    }
  }
  setTimeout(() => process.exit(), 0)
})
run(JSON.parse(process.argv[2]!) as ServerOrder).catch((error: Error) => {
  tell({ kind: 'refused', reason: error.message })
  process.disconnect()
})
