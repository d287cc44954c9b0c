import type { SweepSummary } from '../explore/result.ts'
import { failureReport } from './failure.ts'
import { sweepSummary } from './summary.ts'
import { storyOf } from './story.ts'
import type { Style } from './style.ts'
import { plural, seedText } from './words.ts'

/** The step shows ten annotations of a kind and drops the rest. */
const MOST_ANNOTATIONS = 10

interface Annotation {
  readonly level: 'error' | 'warning'
  readonly title: string
  readonly text: string
}

/** Where an annotation points to, where the scenario's file is known. */
export interface SourceLine {
  readonly file: string
  readonly line?: number
}

/**
 * Workflow commands for GitHub Actions, a line each, at most ten a level: failures and sweeps without an answer as
 * errors, `sometimes` properties that were never seen as warnings. The tenth counts those left out.
 */
export function githubAnnotations(
  summaries: readonly SweepSummary[],
  sourceOf: (scenario: string) => SourceLine | undefined = () => undefined,
): readonly string[] {
  const all = summaries.flatMap((summary) =>
    annotationsOf(summary).map((annotation) => ({ annotation, source: sourceOf(summary.scenario) })),
  )
  return (['error', 'warning'] as const).flatMap((level) => {
    const own = all.filter(({ annotation }) => annotation.level === level)
    if (own.length <= MOST_ANNOTATIONS) return own.map(({ annotation, source }) => command(annotation, source))
    const left = own.length - (MOST_ANNOTATIONS - 1)
    return [
      ...own.slice(0, MOST_ANNOTATIONS - 1).map(({ annotation, source }) => command(annotation, source)),
      command({ level, title: 'petrel', text: `and ${left} more, see the summary of the job` }, undefined),
    ]
  })
}

function annotationsOf(summary: SweepSummary): readonly Annotation[] {
  const { scenario, failures, neverSeen, runs, verdict, reason } = summary
  const found = failures.map(({ violation, count, token, seed }): Annotation => ({
    level: 'error',
    title: `${scenario}: ${violation.property}`,
    text:
      `${violation.shape}: ${violation.summary} (${count} of ${plural(runs, 'run')}, first seed ${seedText(seed)})\n` +
      `npx petrel replay ${token}`,
  }))
  const unknown: readonly Annotation[] =
    verdict === 'unknown'
      ? [{ level: 'error', title: `${scenario}: no answer`, text: reason ?? 'the budget was spent' }]
      : []
  const unseen = neverSeen.map((name): Annotation => ({
    level: 'warning',
    title: `${scenario}: never seen`,
    text: `${name} was not seen in ${plural(runs, 'run')}`,
  }))
  return [...found, ...unknown, ...unseen]
}

function command({ level, title, text }: Annotation, source: SourceLine | undefined): string {
  const place =
    source === undefined
      ? []
      : [`file=${property(source.file)}`, ...(source.line === undefined ? [] : [`line=${source.line}`])]
  return `::${level} ${[...place, `title=${property(title)}`].join(',')}::${data(text)}`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** A summary may have one mebibyte of UTF-8. */
const MOST_BYTES = 1024 * 1024
const TEXT: Style = { colour: 0, unicode: true }

/** The summary of a job in Markdown: sweeps first, then the failures' reports, as many as there is room for. */
export function githubSummary(summaries: readonly SweepSummary[]): string {
  const sections = [
    ...summaries.map((summary) => `### ${heading(summary)}\n\n${fenced(sweepSummary(summary, TEXT))}`),
    ...summaries.flatMap((summary) =>
      summary.failures.map((failure) =>
        fenced(failureReport(storyOf(failure, { runs: summary.runs, wallMs: summary.wallMs }), TEXT)),
      ),
    ),
  ]
  const left = (shown: number) => `\n${plural(sections.length - shown, 'more section')} left out.\n`
  const room = MOST_BYTES - utf8Length(left(0))
  const parts: string[] = []
  let size = 0
  for (const section of sections) {
    size += utf8Length(section) + 1
    if (size > room) return parts.join('\n') + left(parts.length)
    parts.push(section)
  }
  return parts.join('\n')
}

const SIGNS = { ok: 'passed', violated: 'FAILED', unknown: 'no answer' } as const

function heading({ scenario, verdict, runs }: SweepSummary): string {
  return `${scenario.replace(/[^\w .:/-]/g, '_')}: ${SIGNS[verdict]} (${plural(runs, 'run')})`
}

/** A code block whose fence is longer than any run of backticks inside. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text.trimEnd()}\n${fence}\n`
}

function utf8Length(text: string): number {
  let length = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return length
}
