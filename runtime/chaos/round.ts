import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FaultKind } from '../../sim/faults.ts'
import { planRun, topologyOf } from '../../explore/plan-run.ts'
import type { Scenario, Settings } from '../../explore/scenario.ts'
import { Cluster } from './cluster.ts'
import { judgeRun, type Broken, type Judgement } from './judge.ts'
import { ChaosRecorder } from './recorder.ts'
import { Storm } from './storm.ts'

export interface RoundOrder {
  readonly scenario: Scenario
  readonly seed: number
  readonly settings: Settings
  readonly nemesis?: readonly FaultKind[] | undefined
  readonly config?: string | undefined
  /** For the data of the nodes. */
  readonly directory: string
  /** Where the history goes, line by line. */
  readonly historyFile: string
  readonly signal: AbortSignal
  /** Told now and then how many operations have ended. */
  readonly onProgress: (ended: number) => void
}

export interface Round extends Judgement {
  readonly seed: number
  readonly historyFile: string
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number }
  readonly events: number
  readonly wallMs: number
  /** Faults that came about as planned, by kind; as something less; and not at all. */
  readonly made: ReadonlyMap<string, number>
  readonly madeInstead: ReadonlyMap<string, number>
  readonly notMade: ReadonlyMap<string, number>
}

const LOOK_EVERY_MS = 100
/** Who is behind with its operations when the run would be over may go on for so long. */
const FINISH_WITHIN_MS = 3_000

/** One plan against real processes, from their start to their end, and what the clients' history says. */
export async function runRound(order: RoundOrder): Promise<Round> {
  const { scenario, seed, settings, nemesis, config, directory, historyFile, signal } = order
  const plan = planRun(scenario, seed, settings, { nemesis })
  const topology = topologyOf(scenario, seed, settings, plan.operations)
  mkdirSync(dirname(historyFile), { recursive: true })
  writeFileSync(historyFile, '')
  let beganMs = performance.now()
  const now = (): number => performance.now() - beganMs
  const recorder = new ChaosRecorder(now, (line) => appendFileSync(historyFile, `${line}\n`))
  const timers = new Set<NodeJS.Timeout>()
  const after = (delayMs: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, delayMs)
    timers.add(timer)
  }
  const broken: Broken[] = []
  const cluster = new Cluster({
    plan,
    topology,
    directory,
    recorder,
    order: { config, nemesis },
    after,
    leads: scenario.faults.leads,
    onBroken: (node, reason) => broken.push({ node, reason, atMs: now() }),
  })
  const storm = new Storm(plan, cluster, { now, after })
  const startedMs = performance.now()
  let endMs = 0
  try {
    await cluster.open()
    await cluster.settle()
    beganMs = performance.now()
    cluster.expose(storm)
    await cluster.startClients()
    storm.begin()
    await untilOver(order, now, recorder, plan.operations.length)
    endMs = now()
  } finally {
    for (const timer of timers) clearTimeout(timer)
    await cluster.close()
  }
  const { history } = recorder
  const operations = { ok: 0, fail: 0, info: 0 }
  for (const { outcome } of history) operations[outcome]++
  return {
    ...judgeRun(scenario, plan, { history, broken, endMs }, !signal.aborted),
    seed,
    historyFile,
    operations,
    events: cluster.events,
    wallMs: Math.round(performance.now() - startedMs),
    made: storm.made,
    madeInstead: storm.madeInstead,
    notMade: storm.notMade,
  }
}

async function untilOver(
  { settings, signal, onProgress }: RoundOrder,
  now: () => number,
  recorder: ChaosRecorder,
  planned: number,
): Promise<void> {
  while (!signal.aborted) {
    const { ended } = recorder
    onProgress(ended)
    if (now() >= settings.durationMs + (ended < planned ? FINISH_WITHIN_MS : 0)) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
