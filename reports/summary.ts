import type { Failure, SweepSummary } from '../explore/result.ts'
import { faultTable } from './fault-table.ts'
import { COLUMNS, colours, glyphsOf, heading } from './style.ts'
import type { Style } from './style.ts'
import { safe, wrap } from './text.ts'
import { count, duration, plural, seedText, significant } from './words.ts'

/**
 * What a sweep did and found: how much was simulated, what went wrong on purpose, what was seen, and the verdict.
 * At most 100 columns wide, except for a token on a line of its own. Ends with a line break.
 *
 * @param exitCode what the command ends with, where that is not what the verdict alone says.
 */
export function sweepSummary(summary: SweepSummary, style: Style, exitCode = EXIT_CODES[summary.verdict]): string {
  return [
    verdictLines(summary, style),
    [...simulatedLines(summary), ...operationLines(summary)]
      .flatMap((line) => wrap(line, COLUMNS, 14))
      .map((line) => heading(line, style)),
    faultTable(summary.faults, style),
    sometimesLines(summary, style),
    failureLines(summary, style),
    wrap(safe(exitLine(summary, exitCode), style), COLUMNS, 4),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

/** What each verdict is as the exit code of a command. */
const EXIT_CODES: Readonly<Record<SweepSummary['verdict'], number>> = { ok: 0, violated: 1, unknown: 2 }

const WORDS = { ok: 'PASS', violated: 'FAIL', unknown: 'UNKNOWN' } as const

function verdictLines(summary: SweepSummary, style: Style): readonly string[] {
  const colour = colours(style)
  const word = WORDS[summary.verdict]
  const paint = { ok: colour.bold.green, violated: colour.bold.red, unknown: colour.bold.yellow }[summary.verdict]
  const seeds =
    summary.runs === 1
      ? `seed ${seedText(summary.firstSeed)}`
      : `seeds ${seedText(summary.firstSeed)} to ${seedText(summary.firstSeed + Math.max(0, summary.runs - 1))}`
  const rate = summary.wallMs > 0 ? `, ${significant(summary.runs / (summary.wallMs / 1000))} runs/s` : ''
  const line = safe(
    `${word} ${summary.scenario}  ${plural(summary.runs, 'run')}, ${seeds}, in ${duration(summary.wallMs)}${rate}`,
    style,
  )
  return wrap(line, COLUMNS, 5).map((part, index) => (index === 0 ? paint(word) + part.slice(word.length) : part))
}

function simulatedLines({ virtualMs, wallMs, events, messages, traceHash }: SweepSummary): readonly string[] {
  const { value, unit } = virtualTime(virtualMs)
  const speed = wallMs > 0 ? `, ${significant(virtualMs / wallMs)} times real time` : ''
  return [
    `  simulated   ${value} virtual ${unit} in ${duration(wallMs)}${speed}`,
    `              ${plural(events, 'event')}, ${plural(messages, 'message')}, trace hash ${traceHash}`,
  ]
}

function virtualTime(ms: number): { readonly value: string; readonly unit: string } {
  const [value = '', unit = ''] = duration(ms).split(' ')
  return { value, unit: unit === 's' ? 'seconds' : unit === 'ms' ? 'milliseconds' : unit }
}

function operationLines({ operations, runs }: SweepSummary): readonly string[] {
  const { ok, fail, info, medianOk } = operations
  const median = runs > 1 ? `; ${count(medianOk)} ok in the median run` : ''
  return [`  operations  ${count(ok)} ok, ${count(fail)} failed, ${count(info)} unknown${median}`]
}

function sometimesLines({ sometimes, neverSeen, runs }: SweepSummary, style: Style): readonly string[] {
  const { dot } = glyphsOf(style)
  const seen = Object.entries(sometimes)
    .filter(([, times]) => times > 0)
    .map(([name, times]) => `${name} ${count(times)}`)
  const lines: string[] = []
  if (seen.length > 0) lines.push(...wrap(safe(`  seen        ${seen.join(` ${dot} `)}`, style), COLUMNS, 14))
  if (neverSeen.length > 0) {
    const warning = `  never seen  ${neverSeen.join(` ${dot} `)}: no evidence from ${plural(runs, 'run')}`
    lines.push(...wrap(safe(warning, style), COLUMNS, 14).map((line) => colours(style).yellow(line)))
  }
  return lines.map((line) => heading(line, style))
}

const MOST_FAILURES = 20

function failureLines({ failures, runs, unknown }: SweepSummary, style: Style): readonly string[] {
  const failing = failures.reduce((sum, failure) => sum + failure.count, 0)
  const lines: string[] = []
  if (failures.length > 0) {
    lines.push(`  failures    ${plural(failures.length, 'kind')} in ${count(failing)} of ${plural(runs, 'run')}`)
    for (const failure of failures.slice(0, MOST_FAILURES)) lines.push(...failureEntry(failure, style))
    if (failures.length > MOST_FAILURES) lines.push(`    and ${plural(failures.length - MOST_FAILURES, 'more kind')}`)
  }
  if (unknown > 0) lines.push(`  unknown     ${plural(unknown, 'run')} ended without an answer`)
  return lines.map((line) => heading(line, style))
}

function failureEntry(failure: Failure, style: Style): readonly string[] {
  const { property, shape } = failure.violation
  const title = safe(`${property}: ${shape}`, style)
  const times = `${count(failure.count)}${glyphsOf(style).times}`.padStart(6)
  const entry = `    ${times} ${title}  (${failure.fingerprint}, first seed ${seedText(failure.seed)})`
  return [...wrap(entry, COLUMNS, 11), ...replayLines(failure.token)]
}

function replayLines(token: string): readonly string[] {
  const line = `           npx petrel replay ${token}`
  return line.length <= COLUMNS ? [line] : ['           npx petrel replay \\', token]
}

function exitLine({ verdict, reason, failures, runs }: SweepSummary, exitCode: number): string {
  const why = reason === undefined ? '' : `: ${reason}`
  switch (verdict) {
    case 'ok':
      return `  every property held in ${runs === 1 ? 'the run' : `all ${count(runs)} runs`} (exit ${exitCode})`
    case 'violated':
      return `  ${plural(failures.length, 'kind of failure', 'kinds of failure')} found (exit ${exitCode})`
    case 'unknown':
      return `  no answer${why} (exit ${exitCode})`
  }
}
