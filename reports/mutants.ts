import { headline } from '../explore/mutants-figures.ts'
import type { ControlFigures, Measurement, MutantsFigures } from '../explore/mutants-figures.ts'
import type { MedianOfBugs, OverallFigures } from '../explore/overall-figures.ts'
import type { LevelFigures, TrialFigures } from '../explore/trial-figures.ts'
import { COLUMNS, colours, glyphsOf, heading } from './style.ts'
import type { Style } from './style.ts'
import { clip, safe, wrap } from './text.ts'
import { count, duration, plural, seedText, significant } from './words.ts'

/** Cells of a row: the first three are words, the others figures. */
type Row = readonly string[]

const WORDS_IN_A_ROW = 3
const GAP = '  '

/** What the search makes of each planted bug, beside the baseline, and of the controls. Ends with a line break. */
export function mutantsSummary(measurement: Measurement, figures: MutantsFigures, style: Style): string {
  return [
    [verdictLine(measurement, figures, style)],
    bugLines(measurement, figures, style),
    controlLines(figures.controls, style),
    partialLines(figures, style),
    wrap(safe(exitLine(figures), style), COLUMNS, 2),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

const VERDICTS = { ok: 'PASS', violated: 'FAIL', unknown: 'UNKNOWN' } as const

function verdictLine(
  { wallMs, firstSeed, strategy }: Measurement,
  { verdict, runs }: MutantsFigures,
  style: Style,
): string {
  const colour = colours(style)
  const word = VERDICTS[verdict]
  const paint = { ok: colour.bold.green, violated: colour.bold.red, unknown: colour.bold.yellow }[verdict]
  const rest = ` mutants  ${plural(runs, 'run')}, strategy ${strategy}, first seed ${seedText(firstSeed)}, in ${duration(wallMs)}`
  return paint(word) + safe(rest, style)
}

function bugLines(measurement: Measurement, { bugs, overall }: MutantsFigures, style: Style): readonly string[] {
  if (bugs.length === 0) return []
  const { strategy, baseline } = measurement
  const names = [strategy, ...(baseline === undefined ? [] : [baseline])]
  const head: Row = [
    'bug',
    'rarity',
    'seen by',
    'budget',
    ...names.flatMap((name) => [name, 'median']),
    ...(baseline === undefined ? [] : ['fewer']),
  ]
  const rows = bugs.flatMap(({ mutant, bug, internal, client }) =>
    rowsOf([mutant.id, bug.rarity], count(mutant.budgetRuns), internal, client, style),
  )
  const [first = '', ...lines] = aligned([head, ...rows, ...overallRows(overall, style)])
  return [
    heading('  found       searches that found it, and runs to the first hit in the median search', style),
    colours(style).dim(clip(safe(`  ${first}`, style), COLUMNS, glyphsOf(style).ellipsis)),
    ...lines.map((line) => clip(safe(`  ${line}`, style), COLUMNS, glyphsOf(style).ellipsis)),
  ]
}

/** A row for each oracle level; the second need not say again whose it is. */
function rowsOf(
  lead: readonly [string, string],
  budget: string,
  internal: LevelFigures | OverallFigures | undefined,
  client: LevelFigures | OverallFigures | undefined,
  style: Style,
): readonly Row[] {
  return [
    ...(internal === undefined ? [] : [[...lead, 'any check', budget, ...cellsOf(internal, style)]]),
    ...(client === undefined
      ? []
      : [[...(internal === undefined ? lead : ['', '']), 'clients', budget, ...cellsOf(client, style)]]),
  ]
}

/** Of several bugs: the median over them. Of one it would say the same again. */
function overallRows({ internal, client }: MutantsFigures['overall'], style: Style): readonly Row[] {
  const bugs = (internal ?? client)?.bugs ?? 0
  return bugs < 2 ? [] : rowsOf([`all ${bugs}`, ''], '', internal, client, style)
}

function cellsOf({ strategy, baseline, timesFewer }: LevelFigures | OverallFigures, style: Style): readonly string[] {
  const cells = [...trialCells(strategy)]
  if (baseline === undefined) return cells
  const times =
    timesFewer === undefined || strategy.isAtLeast
      ? glyphsOf(style).dot
      : `${baseline.isAtLeast ? '> ' : ''}${significant(timesFewer)}${glyphsOf(style).times}`
  return [...cells, ...trialCells(baseline), times]
}

function trialCells({ done, found, medianRuns, isAtLeast }: TrialFigures | MedianOfBugs): readonly string[] {
  const median = medianRuns === null ? '?' : `${isAtLeast ? '> ' : ''}${count(medianRuns)}`
  return [`${found} of ${done}`, median]
}

/** Words to the left, figures to the right, each column as wide as its widest cell. */
function aligned(rows: readonly Row[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column < WORDS_IN_A_ROW ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join(GAP)
      .trimEnd(),
  )
}

function controlLines(controls: readonly ControlFigures[], style: Style): readonly string[] {
  return controls.flatMap(({ mutant, done, runs, unknown, reported }) => {
    const [first] = reported
    const words = [
      `  control     ${mutant.id} of ${mutant.scenario.name}: ${plural(runs, 'run')} of ${plural(done, 'search', 'searches')}`,
      ...(unknown === 0 ? [] : [`${count(unknown)} without an answer`]),
      first === undefined
        ? 'nothing reported'
        : `REPORTED ${plural(reported.length, 'time')}, first ${first.property} with seed ${seedText(first.seed)}`,
    ]
    const lines = wrap(safe(words.join(', '), style), COLUMNS, 14).map((line) => heading(line, style))
    return first === undefined ? lines : lines.map((line) => colours(style).red(line))
  })
}

/** What is still to be done, so that nobody takes a part for the whole. */
function partialLines({ bugs, controls }: MutantsFigures, style: Style): readonly string[] {
  const parts = [
    ...bugs.flatMap((figures) => {
      const { mutant, internal, client } = figures
      const levels = [internal, client].flatMap((level) =>
        level === undefined ? [] : [level.strategy, level.baseline],
      )
      const done = Math.min(...levels.map((level) => level?.done ?? mutant.searches))
      return done < mutant.searches ? [`${mutant.id} ${done} of ${mutant.searches}`] : []
    }),
    ...controls.flatMap(({ mutant, done }) =>
      done < mutant.searches ? [`${mutant.id} ${done} of ${mutant.searches}`] : [],
    ),
  ]
  if (parts.length === 0) return []
  const words = `  partial     searches done of those asked for: ${parts.join(', ')}. The figures are of those that are done.`
  return wrap(safe(words, style), COLUMNS, 14).map((line) => colours(style).yellow(line))
}

function exitLine({ verdict, bugs, controls }: MutantsFigures): string {
  const reported = controls.filter((control) => control.reported.length > 0)
  const missed = bugs
    .filter(({ bug }) => bug.rarity === 'common')
    .filter((figures) => {
      const { done, found } = headline(figures).strategy
      return found < done
    })
  switch (verdict) {
    case 'ok':
      return '  every common bug was found by every search, and nothing was reported on the controls (exit 0)'
    case 'violated':
      return `  ${[
        ...(missed.length === 0 ? [] : [`not every search found ${missed.map(({ mutant }) => mutant.id).join(', ')}`]),
        ...(reported.length === 0
          ? []
          : [`reported though correct: ${reported.map(({ mutant }) => mutant.id).join(', ')}`]),
      ].join('; ')} (exit 1)`
    case 'unknown':
      return '  no answer yet: searches are missing (exit 2)'
  }
}

/** How far a measurement is. */
export interface MutantsProgress {
  /** The one that went on last. */
  readonly trial: { readonly key: string; readonly runs: number; readonly budgetRuns: number }
  readonly done: number
  readonly of: number
  /** Since it was started. */
  readonly runs: number
  readonly elapsedMs: number
}

/** One line without a line break, never wider than `columns`. */
export function mutantsProgress(progress: MutantsProgress, style: Style, columns = COLUMNS): string {
  const { trial, done, of, runs, elapsedMs } = progress
  const perSecond = elapsedMs > 0 ? runs / (elapsedMs / 1000) : 0
  const parts = [
    `${count(done)}/${count(of)} searches`,
    `${count(runs)} runs`,
    `${significant(perSecond)}/s`,
    `${trial.key} ${count(trial.runs)}/${count(trial.budgetRuns)}`,
  ]
  return clip(safe(parts.join('  '), style), columns, glyphsOf(style).ellipsis)
}
