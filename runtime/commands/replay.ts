import { existsSync, statSync } from 'node:fs'
import { metItsFaults } from '../../explore/corpus.ts'
import { executeRun, fingerprintOf } from '../../explore/run.ts'
import type { RunResult } from '../../explore/result.ts'
import { divergedWithin } from '../../explore/token.ts'
import { firstDifference, handlerOf } from '../../explore/verify.ts'
import type { Violation } from '../../checks/verdict.ts'
import { failureReport } from '../../reports/failure.ts'
import { fullTrace } from '../../reports/full-trace.ts'
import { replayDocument, type ReplayOutcome } from '../../reports/json.ts'
import { codeOf } from '../catalogue.ts'
import { ExitCode } from '../exit-code.ts'
import { print, printJson, sendConsoleToStderr, warn } from '../output.ts'
import { styleFor } from '../terminal.ts'
import { savedRun, tokenForPeople } from '../token-file.ts'
import { openToken, type TokenRun } from '../token-run.ts'
import { petrelVersion } from '../version.ts'
import { type BranchOptions, isBranch } from './branch-options.ts'
import { breakAt } from './break-point.ts'
import { replayRecordingCommand } from './replay-recording.ts'
import { writeReport } from '../output-file.ts'
import { diagramOf } from './run-reports.ts'

export interface ReplayOptions extends Partial<BranchOptions> {
  readonly full?: boolean
  readonly at?: number
  /** Where to keep the run with a hash of each event. */
  readonly save?: string
  readonly reporter?: 'terminal' | 'json' | 'mermaid'
  readonly config?: string
  /** For a recording: the module that makes its machines. */
  readonly machines?: string
  readonly json?: boolean
}

interface Replay {
  readonly outcome: ReplayOutcome
  /** The recorded violation where it is still there, otherwise the first there is. */
  readonly violation: Violation | undefined
  /** Between which events, counted from 1, it left the recorded run; undefined where it is the same. */
  readonly within: readonly [from: number, to: number] | undefined
  /** What happened at that event, where a saved run tells it. */
  readonly handler: string | undefined
}

/** Runs a token or a recording again and says whether it went as it did; gives the exit code. */
export async function replayCommand(given: string, options: ReplayOptions): Promise<number> {
  const isRecording = existsSync(given) && statSync(given).isDirectory()
  if (isBranch(options)) return (await import('./branch.ts')).branchCommand(given, isRecording, options)
  if (isRecording) return replayRecordingCommand(given, options)
  const run = await openToken(given, options.config)
  const json = options.json === true || options.reporter === 'json'
  if (json || options.reporter === 'mermaid') sendConsoleToStderr()
  if (options.at !== undefined) return breakAt(run, options.at, json)
  if (run.otherCode)
    warn(
      `the token was made with code ${run.content.code}, this is ${codeOf(run.catalogue, run.scenario)}: replaying all the same.`,
    )
  const startedMs = performance.now()
  const verify = run.contents !== undefined || options.save !== undefined
  const result = executeRun(run.scenario, run.content.plan, { trace: true, verify, wire: run.content.wire === true })
  const wallMs = Math.round(performance.now() - startedMs)
  const replay = judge(run, result)
  if (options.save !== undefined)
    writeReport('--save', options.save, savedRun({ token: run.token, contents: result.contents! }))
  if (json) printJson(jsonDocument(run, result, replay, wallMs))
  else if (options.reporter === 'mermaid') print(diagramOf({ result }))
  else for (const text of terminalReport(run, result, replay, options.full === true)) print(text)
  return exitCodeOf(replay.outcome, result)
}

/** A token of a run that passed is reproduced by one that passes. */
function exitCodeOf(outcome: ReplayOutcome, { verdict }: RunResult): number {
  if (outcome === 'diverged') return ExitCode.diverged
  if (outcome === 'gone') return ExitCode.pass
  return { ok: ExitCode.pass, violated: ExitCode.violated, unknown: ExitCode.unknown }[verdict]
}

/**
 * The same code must give the same run. With other code the question is whether the violation is still there; that it
 * is gone can be said only of a run that met the same faults.
 */
function judge(run: TokenRun, result: RunResult): Replay {
  const { content, scenario, otherCode } = run
  const same = result.traceHash === content.traceHash
  const still = result.violations.find((violation) => fingerprintOf(scenario.name, violation) === content.fingerprint)
  const gone = content.fingerprint !== undefined && result.verdict === 'ok' && (same || metItsFaults(content, result))
  const left = divergence(run, result, same)
  const reproduced = still !== undefined || (same && content.fingerprint === undefined)
  return {
    outcome:
      left.within !== undefined && !otherCode ? 'diverged' : reproduced ? 'reproduced' : gone ? 'gone' : 'diverged',
    violation: still ?? result.violations[0],
    ...left,
  }
}

/** A token places it within an interval, a saved run at the event. */
function divergence(
  { content, contents }: TokenRun,
  result: RunResult,
  same: boolean,
): Pick<Replay, 'within' | 'handler'> {
  if (contents !== undefined) {
    const { seed, traceHash } = content
    const event = firstDifference(
      { seed, traceHash, contents },
      { seed, traceHash: result.traceHash, contents: result.contents! },
    )
    if (event !== undefined) return { within: [event, event], handler: handlerOf(result.trace!.events[event - 1]) }
  }
  return {
    within: same ? undefined : divergedWithin(content.checkpoints, result.checkpoints, result.events),
    handler: undefined,
  }
}

function jsonDocument(run: TokenRun, result: RunResult, { outcome, within, handler }: Replay, wallMs: number): object {
  const { scenario, token, otherCode, content } = run
  return {
    ...replayDocument({ scenario: scenario.name, token, outcome, result, wallMs, otherCode }),
    recordedTraceHash: content.traceHash,
    ...(within === undefined ? {} : { divergedWithin: within }),
    ...(handler === undefined ? {} : { handler }),
  }
}

function* terminalReport(run: TokenRun, result: RunResult, replay: Replay, full: boolean): Generator<string> {
  const style = styleFor(process.stdout)
  const { violation } = replay
  if (violation !== undefined) {
    const { content, scenario, catalogue } = run
    yield failureReport(
      {
        scenario: scenario.name,
        seed: content.seed,
        bug: content.plan.settings.bug,
        violation,
        plan: content.plan,
        result,
        token: tokenForPeople(run.token),
        fingerprint: content.fingerprint,
        codeHash: codeOf(catalogue, scenario),
        version: petrelVersion(),
      },
      style,
    )
  }
  if (full) yield* fullTrace(result.trace!, style, violation)
  yield* conclusion(run, result, replay)
}

function conclusion(
  { content, otherCode }: TokenRun,
  result: RunResult,
  { outcome, within, handler }: Replay,
): readonly string[] {
  const said = outcomeWords(outcome, result.verdict, otherCode)
  if (within === undefined) return [said, `  the same run: trace hash ${result.traceHash}, as recorded`]
  const [from, to] = within
  const where = from === to ? `at event #${from}` : `within events #${from} to #${to}`
  return [
    said,
    result.traceHash === content.traceHash
      ? `  the same trace hash ${result.traceHash}, but not the same contents`
      : `  another run: trace hash ${result.traceHash}, recorded was ${content.traceHash}`,
    `  they differ first ${where}${handler === undefined ? '' : `: ${handler}`}`,
  ]
}

const REPRODUCED = {
  ok: 'REPRODUCED: it passes again (exit 0)',
  violated: 'REPRODUCED: the violation is still there (exit 1)',
  unknown: 'REPRODUCED: it ends without an answer again (exit 2)',
} as const

function outcomeWords(outcome: ReplayOutcome, verdict: RunResult['verdict'], otherCode: boolean): string {
  if (outcome === 'reproduced') return REPRODUCED[verdict]
  if (outcome === 'gone') return 'GONE: the violation is not there any more (exit 0)'
  return otherCode
    ? 'DIVERGED: with this code the run went another way before it could tell (exit 3)'
    : 'NOT DETERMINISTIC: the same code gave another run (exit 3); `petrel run --verify` names the handler'
}
