import { appendFileSync } from 'node:fs'
import { failureReport } from '../../reports/failure.ts'
import { githubAnnotations, githubSummary } from '../../reports/github.ts'
import { runDocument } from '../../reports/json.ts'
import { junitDocument } from '../../reports/junit.ts'
import { mermaidDiagram } from '../../reports/mermaid.ts'
import { sliceOf } from '../../reports/slice.ts'
import { storyOf } from '../../reports/story.ts'
import type { Style } from '../../reports/style.ts'
import { sweepSummary } from '../../reports/summary.ts'
import { seedText } from '../../reports/words.ts'
import type { Shard } from '../arguments.ts'
import { codeOf, type Catalogue } from '../catalogue.ts'
import { ExitCode, worstExitCode } from '../exit-code.ts'
import type { TracedFailure } from '../failures.ts'
import { print, warn } from '../output.ts'
import { writeReport } from '../output-file.ts'
import type { ShardRecord } from '../sweep/shard-file.ts'
import type { SweepRange } from '../sweep/sweep.ts'
import { styleFor } from '../terminal.ts'
import { tokenForPeople } from '../token-file.ts'
import { petrelVersion } from '../version.ts'
import type { Reporter, RunOptions, ScenarioOutcome } from './run-options.ts'

/** Full reports of so many kinds of failures a scenario; the summary names the rest. */
const MOST_REPORTS = 3

export type ReportOptions = Pick<RunOptions, 'json' | 'reporter' | 'outputFile' | 'expectFail'> & {
  readonly interrupted: boolean
  /** Which part of which seeds it is, where it is one. */
  readonly shard?: (Shard & SweepRange) | undefined
}

/**
 * Prints what a run found, in the form asked for; into the file where there is one, and then a summary as well. Gives
 * the exit code.
 */
export function reportRun(catalogue: Catalogue, outcomes: readonly ScenarioOutcome[], options: ReportOptions): number {
  const reporter = options.json === true ? 'json' : (options.reporter ?? 'terminal')
  const codes = outcomes.map((outcome) => exitCodeOf(outcome, options))
  const rendered = (form: Reporter, style: Style): string =>
    form === 'json'
      ? JSON.stringify(jsonDocument(catalogue, outcomes, options.shard), undefined, 2)
      : render(form, catalogue, outcomes, style, codes)
  if (options.interrupted) warn('interrupted; this is what was found so far.')
  if (options.outputFile === undefined) print(rendered(reporter, styleFor(process.stdout)))
  else {
    writeReport('--output-file', options.outputFile, rendered(reporter, { colour: 0, unicode: true }))
    print(rendered(options.json === true ? 'json' : 'terminal', styleFor(process.stdout)))
  }
  if (process.env['GITHUB_ACTIONS'] === 'true')
    reportToGithub(outcomes, reporter === 'terminal' || options.outputFile !== undefined)
  return options.interrupted ? ExitCode.interrupted : worstExitCode(codes)
}

/** What one scenario says with the exit code. */
function exitCodeOf(
  { summary, diverged }: ScenarioOutcome,
  { interrupted, expectFail = false }: ReportOptions,
): number {
  if (interrupted) return ExitCode.interrupted
  if (diverged.length > 0) return ExitCode.diverged
  if (summary.verdict === 'unknown') return ExitCode.unknown
  return (summary.verdict === 'violated') === expectFail ? ExitCode.pass : ExitCode.violated
}

function render(
  reporter: Exclude<Reporter, 'json'>,
  catalogue: Catalogue,
  outcomes: readonly ScenarioOutcome[],
  style: Style,
  codes: readonly number[],
): string {
  const summaries = outcomes.map(({ summary }) => summary)
  switch (reporter) {
    case 'junit':
      return junitDocument(summaries)
    case 'github':
      return githubAnnotations(summaries).join('\n')
    case 'mermaid':
      return diagrams(outcomes)
    case 'terminal':
      return outcomes.map((outcome, index) => terminalReport(catalogue, outcome, style, codes[index]!)).join('\n')
  }
}

function jsonDocument(
  catalogue: Catalogue,
  outcomes: readonly ScenarioOutcome[],
  shard: ReportOptions['shard'],
): object {
  const diverged = outcomes.flatMap(({ scenario, diverged: all }) =>
    all.map(({ seed, event, handler }) => ({ scenario: scenario.name, seed: seedText(seed), event, handler })),
  )
  const token = outcomes.length === 1 ? outcomes[0]!.token : undefined
  return {
    ...runDocument(outcomes.map(({ summary }) => summary)),
    diverged,
    ...(token === undefined ? {} : { token }),
    ...(shard === undefined ? {} : { shard: shardRecord(catalogue, outcomes, shard) }),
  }
}

function shardRecord(
  catalogue: Catalogue,
  outcomes: readonly ScenarioOutcome[],
  { index, of, firstSeed, runs }: Shard & SweepRange,
): ShardRecord {
  return {
    index,
    of,
    firstSeed,
    runs: Number.isFinite(runs) ? runs : null,
    scenarios: outcomes.map(({ scenario, order, part, summary }) => ({
      scenario: scenario.name,
      code: codeOf(catalogue, scenario),
      order,
      wallMs: summary.wallMs,
      part,
    })),
  }
}

function diagrams(outcomes: readonly ScenarioOutcome[]): string {
  const all = outcomes.flatMap(({ failures }) => failures.map(diagramOf))
  return all.length === 0 ? '%% nothing failed' : all.join('\n')
}

export function diagramOf({ result }: Pick<TracedFailure, 'result'>): string {
  const violation = result.violations[0]
  if (violation === undefined || result.trace === undefined) return '%% nothing failed'
  return mermaidDiagram(result.trace, sliceOf(result.trace, violation), violation)
}

/** The failures, then what the sweep was, so that the verdict is the last that is read. */
function terminalReport(catalogue: Catalogue, outcome: ScenarioOutcome, style: Style, exitCode: number): string {
  const { summary, failures, token } = outcome
  if (summary.runs === 0) return `${summary.scenario}: interrupted before the first run ended\n`
  const context = {
    runs: summary.runs,
    wallMs: summary.wallMs,
    codeHash: codeOf(catalogue, outcome.scenario),
    version: petrelVersion(),
  }
  const reports = failures
    .slice(0, MOST_REPORTS)
    .map(({ failure, plan, result }) =>
      failureReport(storyOf({ ...failure, token: tokenForPeople(failure.token) }, { ...context, plan, result }), style),
    )
  const short = {
    ...summary,
    failures: summary.failures.map((failure) => ({ ...failure, token: tokenForPeople(failure.token) })),
  }
  const replay = token === undefined ? [] : [`  replay      npx petrel replay ${tokenForPeople(token)}\n`]
  return [...reports, sweepSummary(short, style, exitCode), ...replay, ...divergenceLines(outcome)].join('\n')
}

const MOST_DIVERGED = 10

function divergenceLines({ diverged, scenario }: ScenarioOutcome): readonly string[] {
  if (diverged.length === 0) return []
  const lines = diverged
    .slice(0, MOST_DIVERGED)
    .map(
      ({ seed, event, handler }) =>
        `  seed ${seedText(seed)} differs at event #${event}: ${handler}\n    npx petrel run ${scenario.name} --seed ${seedText(seed)} --verify`,
    )
  const rest = diverged.length > MOST_DIVERGED ? [`  and ${diverged.length - MOST_DIVERGED} more`] : []
  return [['NOT DETERMINISTIC: the second run of a seed was not the first (exit 3)', ...lines, ...rest, ''].join('\n')]
}

function reportToGithub(outcomes: readonly ScenarioOutcome[], withAnnotations: boolean): void {
  const summaries = outcomes.map(({ summary }) => summary)
  const annotations = withAnnotations ? githubAnnotations(summaries) : []
  if (annotations.length > 0) print(annotations.join('\n'))
  const path = process.env['GITHUB_STEP_SUMMARY']
  if (path !== undefined && path !== '') appendFileSync(path, githubSummary(summaries))
}
