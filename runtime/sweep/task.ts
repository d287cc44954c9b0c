import type { Shrunk } from '../../explore/result.ts'
import type { Scenario } from '../../explore/scenario.ts'
import { understood } from '../../explore/understand.ts'
import { shrinkAmong } from '../../explore/shrink.ts'
import { plansOf, sweepSeeds, type RawFailure, type SweepOrder, type SweepPart } from '../../explore/sweep.ts'
import type { TrialProgress } from '../../explore/trial.ts'
import { handlerAt, printSeeds, type RunPrint } from '../../explore/verify.ts'
import { runSlice, type TrialSlice } from '../mutants/open-search.ts'

/** Work for a worker, as plain data, with what comes of it. */
export interface Tasks {
  sweep: { readonly firstSeed: number; readonly count: number }
  print: { readonly firstSeed: number; readonly count: number }
  shrink: { readonly failure: RawFailure }
  handler: { readonly seed: number; readonly event: number }
  trial: TrialSlice
}

export interface TaskResults {
  sweep: SweepPart
  print: { readonly part: SweepPart; readonly prints: readonly RunPrint[] }
  /** Undefined where only the wire shows it: shrinking passes messages by reference. */
  shrink: Shrunk | undefined
  handler: string
  trial: TrialProgress
}

export type TaskKind = keyof Tasks

export interface Task<Kind extends TaskKind = TaskKind> {
  readonly kind: Kind
  readonly scenario: string
  readonly order: SweepOrder
  readonly input: Tasks[Kind]
}

/** Carries out tasks, some at a time: in this process, in threads, or on other machines. */
export interface Runner {
  /** How many tasks at a time keep it busy. */
  readonly parallel: number
  /** How many seeds to give it at a time, where the clock shall not decide. */
  readonly taskRuns?: number
  run<Kind extends TaskKind>(task: Task<Kind>): Promise<TaskResults[Kind]>
  /** Runs each seed twice, the second time in a thread that has run nothing before, and compares. */
  verify(task: Task<'print'>): Promise<SweepPart>
  /** Ends it, with whatever is under way. */
  close(): Promise<void>
}

/** Gives a runner for at most so many tasks at a time as there are. */
export type OpenRunner = (mostTasks: number) => Runner

const PERFORM: {
  readonly [Kind in TaskKind]: (scenario: Scenario, order: SweepOrder, input: Tasks[Kind]) => TaskResults[Kind]
} = {
  sweep: (scenario, order, { firstSeed, count }) => sweepSeeds(scenario, order, firstSeed, count),
  print: (scenario, order, { firstSeed, count }) => printSeeds(scenario, order, firstSeed, count),
  shrink: (scenario, order, { failure }) => {
    const shrunk = shrinkAmong(scenario, plansOf(scenario, order, failure), failure.fingerprint)
    return shrunk === undefined ? undefined : understood(scenario, shrunk, failure.fingerprint)
  },
  handler: (scenario, order, { seed, event }) => handlerAt(scenario, order, seed, event),
  trial: runSlice,
}

export function perform<Kind extends TaskKind>(scenario: Scenario, task: Task<Kind>): TaskResults[Kind] {
  return PERFORM[task.kind](scenario, task.order, task.input)
}
