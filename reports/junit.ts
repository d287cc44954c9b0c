import type { Failure, SweepSummary } from '../explore/result.ts'
import { failureReport } from './failure.ts'
import { element, junitSuites, suiteElement, testcase, type Counts } from './junit-xml.ts'
import { storyOf } from './story.ts'
import { PLAIN } from './style.ts'
import { plural } from './words.ts'

/**
 * Sweeps as JUnit XML: a suite a scenario; one case for the sweep itself, one for each kind of failure, one for each
 * `sometimes` property (skipped where no run has shown it). An unknown verdict is an `error`.
 */
export function junitDocument(summaries: readonly SweepSummary[]): string {
  return junitSuites(summaries.map(suite))
}

function suite(summary: SweepSummary): Counts & { readonly xml: string } {
  const { scenario, failures, sometimes, neverSeen } = summary
  const names = [...Object.keys(sometimes), ...neverSeen].filter((name, index, all) => all.indexOf(name) === index)
  const counts: Counts = {
    tests: 1 + failures.length + names.length,
    failures: failures.length,
    errors: summary.verdict === 'unknown' ? 1 : 0,
    skipped: neverSeen.length,
    seconds: summary.wallMs / 1000,
  }
  const cases = [
    sweepCase(summary),
    ...failures.map((failure) => failureCase(failure, summary)),
    ...names.map((name) =>
      testcase(
        scenario,
        `sometimes: ${name}`,
        0,
        neverSeen.includes(name)
          ? [element('skipped', { message: `never seen in ${plural(summary.runs, 'run')}` })]
          : [],
      ),
    ),
  ]
  return { ...counts, xml: suiteElement(scenario, counts, cases) }
}

/** The one case that is there in every sweep, so that a history of results has something to compare. */
function sweepCase(summary: SweepSummary): string {
  const problem =
    summary.verdict === 'unknown'
      ? [element('error', { message: summary.reason ?? 'no answer within the budget', type: 'unknown' })]
      : []
  return testcase(summary.scenario, 'the sweep has an answer', summary.wallMs / 1000, problem)
}

function failureCase(failure: Failure, summary: SweepSummary): string {
  const { property, shape, summary: sentence } = failure.violation
  const report = failureReport(storyOf(failure, { runs: summary.runs, wallMs: summary.wallMs }), PLAIN)
  return testcase(failure.scenario, `${property}: ${shape} (${failure.fingerprint})`, 0, [
    element('failure', { message: sentence, type: property }, report),
  ])
}
