import type { Failure, SweepSummary } from '../explore/result.ts'
import { failureReport } from './failure.ts'
import { storyOf } from './story.ts'
import { PLAIN } from './style.ts'
import { plural } from './words.ts'

/**
 * Sweeps as JUnit XML: a suite a scenario; one case for the sweep itself, one for each kind of failure, one for each
 * `sometimes` property (skipped where no run has shown it). An unknown verdict is an `error`.
 */
export function junitDocument(summaries: readonly SweepSummary[]): string {
  const suites = summaries.map(suite)
  const all = sum(suites)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="petrel"${countsOf(all)}>`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n')
}

interface Counts {
  readonly tests: number
  readonly failures: number
  readonly errors: number
  readonly skipped: number
  readonly seconds: number
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
  const xml = [`  <testsuite name="${attribute(scenario)}"${countsOf(counts)}>`, ...cases, '  </testsuite>'].join('\n')
  return { ...counts, xml }
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

function testcase(scenario: string, name: string, seconds: number, children: readonly string[]): string {
  const open = `    <testcase classname="${attribute(`petrel.${scenario}`)}" name="${attribute(name)}" time="${seconds.toFixed(3)}"`
  return children.length === 0 ? `${open}/>` : [`${open}>`, ...children, '    </testcase>'].join('\n')
}

function element(name: string, attributes: { readonly [name: string]: string }, content = ''): string {
  const list = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${attribute(value)}"`)
    .join('')
  return content === '' ? `      <${name}${list}/>` : `      <${name}${list}>${text(content)}</${name}>`
}

function countsOf({ tests, failures, errors, skipped, seconds }: Counts): string {
  return ` tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds.toFixed(3)}"`
}

function sum(suites: readonly Counts[]): Counts {
  const total = (field: keyof Counts) => suites.reduce((sofar, counts) => sofar + counts[field], 0)
  return {
    tests: total('tests'),
    failures: total('failures'),
    errors: total('errors'),
    skipped: total('skipped'),
    seconds: total('seconds'),
  }
}

/** Colours of a terminal, then what XML 1.0 forbids (section 2.2): control characters, lone surrogates, two non-characters. */
// oxlint-disable-next-line no-control-regex -- what a terminal's colours begin with is a control character
const ANSI = /\u001b\[[0-9;?]*[ -/]*[@-~]/g
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

function text(value: string): string {
  return value
    .replace(ANSI, '')
    .replace(FORBIDDEN, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

function attribute(value: string): string {
  return text(value)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\t', '&#9;')
}
