import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RunPlan } from '../../explore/result.ts'
import { Cluster } from './cluster.ts'
import { judgeRun, missingOf, type Broken, type Judgement } from './judge.ts'
import { Lateness } from './lateness.ts'
import { ChaosRecorder } from './recorder.ts'
import { Storm } from './storm.ts'
import { subjectOf, type SubjectOrder } from './subject.ts'

export interface RoundOrder extends SubjectOrder {
  readonly config?: string | undefined
  /** For the data of the nodes. */
  readonly directory: string
  /** Where the history goes, line by line. */
  readonly historyFile: string
  readonly signal: AbortSignal
  /** How long the run may take, starting of processes and all, where that matters. */
  readonly mostMs: number
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
/** Who is behind when the run would be over goes on, as long again at most, unless nothing ended ok for so long. */
const STUCK_MS = 3_000

/** One plan against real processes, from their start to their end, and what the clients' history says. */
export async function runRound(order: RoundOrder): Promise<Round> {
  const { scenario, seed, nemesis, config, directory, historyFile, signal } = order
  const subject = subjectOf(order)
  const { plan } = subject
  mkdirSync(dirname(historyFile), { recursive: true })
  writeFileSync(historyFile, '')
  let beganMs = performance.now()
  const now = (): number => performance.now() - beganMs
  const recorder = new ChaosRecorder(now, (line) => appendFileSync(historyFile, `${line}\n`), scenario.real?.concerns)
  const timers = new Set<NodeJS.Timeout>()
  const after = (delayMs: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, delayMs)
    timers.add(timer)
  }
  const broken: Broken[] = []
  const lateness = new Lateness(plan.calmAtMs)
  const cluster = new Cluster({
    subject,
    directory,
    recorder,
    order: { config, nemesis },
    after,
    leads: scenario.faults.leads,
    onBroken: (node, reason) => broken.push({ node, reason, atMs: now() }),
    onLate: (node, lateMs) => lateness.of(node, lateMs, now()),
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
    await untilOver(order, plan, { now, recorder, lateness, startedMs })
    endMs = now()
  } finally {
    for (const timer of timers) clearTimeout(timer)
    await cluster.close()
  }
  const { history } = recorder
  const operations = { ok: 0, fail: 0, info: 0 }
  for (const { outcome } of history) operations[outcome]++
  return {
    ...judgeRun(scenario, plan, { history, broken, endMs, busy: lateness.inWords }, !signal.aborted),
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

interface Course {
  readonly now: () => number
  readonly recorder: ChaosRecorder
  readonly lateness: Lateness
  readonly startedMs: number
}

async function untilOver(order: RoundOrder, plan: RunPlan, course: Course): Promise<void> {
  const { now, recorder, lateness } = course
  let ok = 0
  let lastOkMs = 0
  while (!order.signal.aborted) {
    const { ended } = recorder
    order.onProgress(ended)
    if (recorder.ok > ok) lastOkMs = now()
    ok = recorder.ok
    if (now() >= plan.endMs && isOver(order, plan, course, now() - lastOkMs > STUCK_MS)) return
    const lookMs = now()
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    lateness.of('the command', now() - lookMs - LOOK_EVERY_MS, now())
  }
}

/** Who is behind goes on. What the calm should bring is waited for as well. */
function isOver(order: RoundOrder, plan: RunPlan, { now, recorder, startedMs }: Course, isStuck: boolean): boolean {
  if (now() >= 2 * plan.endMs || performance.now() - startedMs >= order.mostMs) return true
  if (recorder.ended >= plan.operations.length) return true
  return isStuck && missingOf(order.scenario, plan, recorder.history, now()).length === 0
}
