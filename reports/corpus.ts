import type { CorpusEntry, CorpusOutcome } from '../explore/corpus.ts'
import type { RunResult } from '../explore/result.ts'
import { COLUMNS, colours } from './style.ts'
import type { Style } from './style.ts'
import { safe, wrap } from './text.ts'
import { count, plural } from './words.ts'

/** A kept run, run again. */
export interface KeptRun {
  /** Its line in the file, counted from 1. */
  readonly line: number
  readonly entry: CorpusEntry
  readonly result: RunResult
  readonly outcome: CorpusOutcome
}

/** What a kept run must do, and why it is kept. */
export function entryLines({ scenario, why, expect }: CorpusEntry, style: Style): readonly string[] {
  return wrap(safe(`  ${expect.padEnd(6)}  ${scenario}: ${why}`, style), COLUMNS, 10)
}

/** Each of the file's lines, and how to replay it: its token may be long, so its place stands for it. */
export function corpusList(
  path: string,
  lines: readonly { readonly line: number; readonly entry: CorpusEntry }[],
  style: Style,
): string {
  const all = lines.flatMap(({ line, entry }) => [...entryLines(entry, style), replayLine(path, line)])
  return `${all.join('\n')}\n`
}

function replayLine(path: string, line: number): string {
  return `          npx petrel replay ${path}:${line}`
}

const WORDS: { readonly [Outcome in CorpusOutcome]: string } = {
  'as expected': 'ok',
  fixed: 'FIXED',
  fails: 'FAILS',
  'too long': 'TOO LONG',
  unknown: 'UNKNOWN',
  diverged: 'DIVERGED',
  'not deterministic': 'NOT DETERMINISTIC',
}

/** A line for each run, more where something is to be done, and the verdict last. Ends with a line break. */
export function corpusReport(path: string, runs: readonly KeptRun[], style: Style, exitCode: number): string {
  const asExpected = runs.filter(({ outcome }) => outcome === 'as expected').length
  const last = `  ${plural(runs.length, 'kept run')} of ${path}, ${count(asExpected)} as expected (exit ${exitCode})`
  return `${[...runs.flatMap((run) => runLines(path, run, style)), ...wrap(safe(last, style), COLUMNS, 4)].join('\n')}\n`
}

function runLines(path: string, run: KeptRun, style: Style): readonly string[] {
  const { entry, line, outcome } = run
  const colour = colours(style)
  const paint = { FAILS: colour.bold.red, 'TOO LONG': colour.bold.red, FIXED: colour.bold.green }[WORDS[outcome]]
  const word = WORDS[outcome].padEnd(8)
  const [first = '', ...more] = wrap(safe(`${word}  line ${line}, ${entry.scenario}: ${entry.why}`, style), COLUMNS, 10)
  const told = wrap(safe(`          ${toldOf(run)}`, style), COLUMNS, 10)
  return [
    paint === undefined ? first : paint(word) + first.slice(word.length),
    ...more,
    ...(outcome === 'as expected' ? [] : [...told, replayLine(path, line)]),
  ]
}

/** What it was, and what to do about it. */
function toldOf({ entry, result, outcome }: KeptRun): string {
  const [violation] = result.violations
  switch (outcome) {
    case 'as expected':
      return entry.expect === 'passes' ? 'it passes' : 'it fails as it did'
    case 'fixed':
      return 'it failed when it was added and passes now: petrel corpus add keeps it as one that must pass'
    case 'fails':
      return `${violation?.property}: ${violation?.summary}`
    case 'too long':
      return `${plural(result.events, 'event')}, and ${count(entry.mostEvents ?? 0)} are the most it may have`
    case 'unknown':
      return result.reason ?? 'a checker gave no verdict'
    case 'diverged':
      return `the code changed since ${entry.code}, and the run no longer meets what made it fail: find the failure anew, or take the line out`
    case 'not deterministic':
      return 'the same code gave another run: petrel run --verify names the handler'
  }
}

export function corpusDocument(file: string, runs: readonly KeptRun[]) {
  return {
    schema: 1,
    command: 'corpus',
    action: 'run',
    file,
    runs: runs.map(({ line, entry, outcome, result }) => ({
      line,
      ...entry,
      outcome,
      verdict: result.verdict,
      events: result.events,
      ...(result.violations[0] === undefined ? {} : { property: result.violations[0].property }),
    })),
  } as const
}
