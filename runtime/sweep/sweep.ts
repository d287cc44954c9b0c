import { EPOCH_RUNS, Knowledge, type Shown } from '../../explore/guided/knowledge.ts'
import type { Scenario } from '../../explore/scenario.ts'
import { SweepMerge, type SweepOrder, type SweepPart, type SweepTotals } from '../../explore/sweep.ts'
import { aborted } from '../interruption.ts'
import type { OpenRunner, Runner, Tasks } from './task.ts'

/** Which seeds to run, and how far. */
export interface SweepRange {
  readonly firstSeed: number
  /** Infinity where only the time limits it. */
  readonly runs: number
  /** Of the wall clock, in milliseconds. */
  readonly timeLimitMs?: number | undefined
}

export interface SweepJob {
  readonly scenario: Scenario
  readonly order: SweepOrder
  readonly range: SweepRange
  readonly openRunner: OpenRunner
  /** Ends it early; what was found so far counts. */
  readonly signal: AbortSignal
  /** Called as parts come in. */
  readonly onProgress: (totals: () => SweepTotals) => void
}

/** A task takes about this long, so that a time limit and an interruption are met, and shall not be mostly overhead. */
const TASK_MS = 200
/** Under verification each task starts a worker, whose first runs are slow. */
const VERIFIED_TASK_MS = 8000
const FIRST_VERIFIED_TASK_RUNS = 8
const MOST_RUNS_A_TASK = 256
/** A worker takes about as long to start as these. */
const LEAST_RUNS_A_WORKER = 8

/**
 * Runs seeds on as many cores as asked and merges what comes, in the order of seeds: neither the number of workers
 * nor the size of a task changes the outcome. Under a time limit the clock decides how many runs there are.
 */
export async function sweep(job: SweepJob): Promise<SweepMerge> {
  const runner = job.openRunner(Math.ceil(job.range.runs / LEAST_RUNS_A_WORKER))
  try {
    return await new SweepDriver(job, runner).drive()
  } finally {
    await runner.close()
  }
}

class SweepDriver {
  private readonly job: SweepJob
  private readonly runner: Runner
  private readonly merge: SweepMerge
  /** Parts that came before their turn, by first seed, with the seed that follows them. */
  private readonly early = new Map<number, { readonly part: SweepPart; readonly nextSeed: number }>()
  private readonly knowledge = new Knowledge()
  /** What the runs of this epoch showed, in seed order. */
  private readonly shown: Shown[] = []
  private readonly endSeed: number
  private epochEndSeed = 0
  private readonly deadlineMs: number
  private taskRuns = 1
  private nextSeed: number
  private mergedSeed: number
  /** Aborted by the first failure, where that shall be the last. */
  private readonly bailed = new AbortController()

  constructor(job: SweepJob, runner: Runner) {
    const { range, order, scenario } = job
    this.job = job
    this.runner = runner
    this.merge = new SweepMerge(scenario, order.settings)
    this.nextSeed = range.firstSeed
    this.mergedSeed = range.firstSeed
    this.endSeed = Math.min(range.firstSeed + range.runs, Number.MAX_SAFE_INTEGER + 1)
    if (order.verify === true) this.taskRuns = Math.min(FIRST_VERIFIED_TASK_RUNS, range.runs)
    this.taskRuns = runner.taskRuns ?? this.taskRuns
    this.deadlineMs = performance.now() + (range.timeLimitMs ?? Infinity)
  }

  /** A guided search learns between epochs; any other sweep is one epoch. */
  async drive(): Promise<SweepMerge> {
    const guided = this.job.order.strategy === 'guided'
    do {
      this.epochEndSeed = guided ? Math.min(this.endSeed, this.nextSeed + EPOCH_RUNS) : this.endSeed
      const lanes = Array.from({ length: this.runner.parallel }, () => this.lane())
      await Promise.race([Promise.all(lanes), aborted(this.job.signal), aborted(this.bailed.signal)])
      this.knowledge.learn(this.shown.splice(0))
    } while (this.goesOn(this.endSeed))
    return this.merge
  }

  private goesOn(endSeed: number): boolean {
    return !this.over() && this.nextSeed < endSeed && performance.now() < this.deadlineMs
  }

  private async lane(): Promise<void> {
    while (this.goesOn(this.epochEndSeed)) {
      const startedMs = performance.now()
      const firstSeed = this.nextSeed
      const count = Math.min(this.taskRuns, this.epochEndSeed - firstSeed)
      this.nextSeed += count
      const part = await this.part({ firstSeed, count })
      if (this.over()) return
      this.early.set(firstSeed, { part, nextSeed: firstSeed + count })
      this.mergeInOrder()
      this.chooseTaskRuns((performance.now() - startedMs) / count)
    }
  }

  private over(): boolean {
    return this.bailed.signal.aborted || this.job.signal.aborted
  }

  private mergeInOrder(): void {
    for (
      let next = this.early.get(this.mergedSeed);
      next !== undefined && !this.over();
      next = this.early.get(this.mergedSeed)
    ) {
      this.early.delete(this.mergedSeed)
      this.merge.add(next.part)
      this.shown.push(...(next.part.shown ?? []))
      if (this.job.order.bail === true && next.part.failures.length > 0) this.bailed.abort()
      this.mergedSeed = next.nextSeed
    }
    this.job.onProgress(() => this.merge.totals())
  }

  private part(input: Tasks['sweep']): Promise<SweepPart> {
    const { scenario } = this.job
    const { corpus } = this.knowledge
    const order = corpus.length === 0 ? this.job.order : { ...this.job.order, corpus }
    const shared = { scenario: scenario.name, order, input }
    return order.verify === true
      ? this.runner.verify({ kind: 'print', ...shared })
      : this.runner.run({ kind: 'sweep', ...shared })
  }

  private chooseTaskRuns(msPerRun: number): void {
    if (this.runner.taskRuns !== undefined) return
    const wanted = Math.round((this.job.order.verify === true ? VERIFIED_TASK_MS : TASK_MS) / msPerRun)
    // Twice as many at most: the first runs of a worker are slow, and the last tasks shall keep all workers busy.
    const share = Math.ceil((this.endSeed - this.nextSeed) / (this.runner.parallel * 2))
    this.taskRuns = Math.max(1, Math.min(wanted, this.taskRuns * 2, share, MOST_RUNS_A_TASK))
  }
}
