import type { Failure, RunPlan, RunResult, SweepSummary } from '../../explore/result.ts'
import { executeRun } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import { failureReport } from '../../reports/failure.ts'
import { fullTrace } from '../../reports/full-trace.ts'
import { runDocument } from '../../reports/json.ts'
import { storyOf } from '../../reports/story.ts'
import type { Style } from '../../reports/style.ts'
import { sweepSummary } from '../../reports/summary.ts'
import { count, plural } from '../../reports/words.ts'
import type { RecordingBranch } from '../recording/branch/branch-recording.ts'
import type { NodeMoment } from '../recording/branch/moment.ts'
import { petrelVersion } from '../version.ts'

/** A kind of failure, with the run that shows it best. */
export interface BranchFailure {
  readonly failure: Failure
  readonly plan: RunPlan
  /** With its trace. */
  readonly result: RunResult
}

/** What the futures of a recording gave. */
export interface BranchOutcome {
  readonly branch: RecordingBranch
  readonly summary: SweepSummary
  readonly failures: readonly BranchFailure[]
}

/** The failures, then where the recording was left, then what its futures were. */
export function* branchReport(
  { branch, summary, failures }: BranchOutcome,
  style: Style,
  full: boolean,
): Generator<string> {
  const context = { runs: summary.runs, wallMs: summary.wallMs, version: petrelVersion() }
  for (const { failure, plan, result } of failures) {
    const next = [`petrel replay ${failure.token} --full`]
    yield failureReport(storyOf(failure, { ...context, plan, result, next }), style)
  }
  if (full) yield* traceOf({ branch, summary, failures }, style)
  yield `${branchLines(branch).join('\n')}\n`
  yield sweepSummary(summary, style)
}

/** Of the failure that was shown last, or else of the first run. */
function* traceOf({ branch, summary, failures }: BranchOutcome, style: Style): Generator<string> {
  const { scenario, settings } = branch
  const shown = failures.at(-1)
  const plan = shown?.plan ?? planRun(scenario, summary.firstSeed, settings)
  yield* fullTrace(
    (shown?.result ?? executeRun(scenario, plan, { trace: true })).trace!,
    style,
    shown?.failure.violation,
  )
}

function branchLines(branch: RecordingBranch): readonly string[] {
  const { cast, cut, event, events, missing, notJudged, replaced } = branch
  const time = new Date(cut.wallClock).toISOString()
  return [
    `BRANCH at event #${event} of ${count(events)}, ${time} by the clocks of the nodes`,
    ...cast.map((moment) => `  ${moment.id}  ${nodeWords(moment)}`),
    ...(cut.added > 0 ? [`  and ${plural(cut.added, 'event')} behind it that something before it came of`] : []),
    ...(cut.withoutSend > 0 ? [`  ${plural(cut.withoutSend, 'message')} came whose sending is not recorded`] : []),
    ...missing.map((id) => `  ${id}  is not recorded: it stays away`),
    ...replaced.map((id) => `  ${id}  is recorded; a client of the scenario takes its place`),
    ...(notJudged.length > 0
      ? [`  not judged: ${notJudged.join(', ')}, as the scenario does not say what clients may find (goingOn)`]
      : []),
  ]
}

function nodeWords(moment: NodeMoment): string {
  const { events, isRunning, exitReason, past, underWay, behindSync, isDiskKnown } = moment
  if (past === undefined) return 'is about to start'
  const after = `after ${plural(events, 'event')}`
  if (exitReason !== undefined) return `has ended, ${after}, and stays away: ${exitReason}`
  if (!isRunning) return `is down, ${after}`
  const said = [
    ...(underWay > 0 ? [`${plural(underWay, 'message')} under way`] : []),
    ...(behindSync > 0 ? [`${plural(behindSync, 'message')} behind a sync`] : []),
    ...(isDiskKnown ? [] : ['its recording begins in the middle of a sync: all that it wrote counts as durable']),
  ]
  return [`is up, ${after}`, ...said].join('; ')
}

function statusOf({ isRunning, exitReason, past }: NodeMoment): string {
  if (past === undefined) return 'not started'
  if (isRunning) return 'up'
  return exitReason === undefined ? 'down' : 'ended'
}

export function branchDocument({ branch, summary }: BranchOutcome): object {
  const { cast, cut, event, events, missing, notJudged, replaced } = branch
  return {
    ...runDocument([summary]),
    command: 'replay',
    branch: {
      event,
      events,
      wallClock: cut.wallClock,
      addedEvents: cut.added,
      messagesWithoutSend: cut.withoutSend,
      nodes: cast.map((moment) => ({
        id: moment.id,
        events: moment.events,
        status: statusOf(moment),
        messagesUnderWay: moment.underWay,
        messagesBehindSync: moment.behindSync,
        isDiskKnown: moment.isDiskKnown,
      })),
      missing,
      replaced,
      notJudged,
    },
  }
}
