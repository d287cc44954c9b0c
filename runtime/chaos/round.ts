import type { Violation } from '../../checks/verdict.ts'
import type { RunPlan } from '../../explore/result.ts'
import { UnavailableError } from '../unavailable-error.ts'
import { aborted } from '../interruption.ts'
import { Cluster } from './cluster.ts'
import { HistoryFile } from './history-file.ts'
import { evidenceOf, judgeRun, missingOf, type Broken, type Judgement } from './judge.ts'
import { EXCUSED_MS, lastLook, withLastLook } from './last-look.ts'
import { Lateness } from './lateness.ts'
import { ChaosRecorder } from './recorder.ts'
import { Storm } from './storm.ts'
import { writeContents } from '../recording/contents.ts'
import { subjectOf, type SubjectOrder } from './subject.ts'

export interface RoundOrder extends SubjectOrder {
  /**
   * In place of the one that the seed has, with other faults (no `spawn`), operations and times: network, disks and
   * machines are the seed's, as the process of each server makes them itself.
   */
  readonly plan?: RunPlan
  readonly config?: string | undefined
  /** The folder to record the servers in. */
  readonly record?: string | undefined
  readonly onUnrecorded: (sentence: string) => void
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
/** Nobody is waited for where nothing has ended ok for so long. */
const STUCK_MS = 3_000

/** One plan against real processes, from their start to their end, and what the clients' history says. */
export async function runRound(order: RoundOrder): Promise<Round> {
  const { scenario, seed, nemesis, strategy, config, record, directory, historyFile, signal } = order
  const subject = subjectOf(order, order.plan)
  const { plan } = subject
  const file = new HistoryFile(historyFile)
  const troubles: string[] = []
  let beganMs = performance.now()
  const now = (): number => performance.now() - beganMs
  const recorder = new ChaosRecorder(now, file.add, scenario.real?.concerns)
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
    order: { config, nemesis, strategy, record },
    after,
    leads: scenario.faults.leads,
    onBroken: (node, reason) => broken.push({ node, reason, atMs: now() }),
    onLate: (node, lateMs) => lateness.of(node, lateMs, now()),
    onTrouble: (clause) => troubles.push(clause),
    onUnrecorded: order.onUnrecorded,
  })
  const storm = new Storm(plan, cluster, { now, after })
  const trouble = (): string | undefined => file.problem ?? troubles[0]
  const startedMs = performance.now()
  let endMs = 0
  let inside: readonly Violation[] = []
  try {
    await Promise.race([cluster.open(), aborted(signal)])
    await cluster.settle(signal)
    beganMs = performance.now()
    cluster.expose(storm)
    await cluster.startClients()
    storm.begin()
    await untilOver(order, plan, { now, recorder, lateness, startedMs, trouble })
    endMs = now()
    await cluster.stopClients()
    inside = await lastLook({ scenario, plan, history: recorder.history, look: () => cluster.look(now()), signal })
  } finally {
    for (const timer of timers) clearTimeout(timer)
    await cluster.close()
    file.close()
  }
  const unwritten = record === undefined ? undefined : writeContents(record)
  if (unwritten !== undefined) order.onUnrecorded(unwritten)
  if (trouble() !== undefined) throw new UnavailableError(`No verdict: ${trouble()}.`)
  const { history } = recorder
  const busy = lateness.inWords
  const operations = { ok: 0, fail: 0, info: 0 }
  for (const { outcome } of history) operations[outcome]++
  return {
    ...withLastLook(
      judgeRun(scenario, plan, { history, broken, endMs, busy }, !signal.aborted),
      inside,
      lateness.ofAtLeast(EXCUSED_MS),
    ),
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
  readonly trouble: () => string | undefined
}

async function untilOver(order: RoundOrder, plan: RunPlan, course: Course): Promise<void> {
  const { now, recorder, lateness } = course
  let ok = 0
  let lastOkMs = 0
  while (!order.signal.aborted && course.trouble() === undefined) {
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

/**
 * Who is behind goes on until there is evidence enough, or nothing more comes. What the calm should bring is waited for
 * as well, whatever time that takes: a verdict that a slow computer could change is none.
 */
function isOver(order: RoundOrder, plan: RunPlan, { now, recorder, startedMs }: Course, isStuck: boolean): boolean {
  if (now() >= 2 * plan.endMs || recorder.ended >= plan.operations.length) return true
  const isEnough = recorder.ok >= evidenceOf(order.scenario, plan.settings)
  const isLate = performance.now() - startedMs >= order.mostMs
  return (isEnough || isStuck || isLate) && missingOf(order.scenario, plan, recorder.history, now()).length === 0
}
