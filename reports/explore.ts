import type { Violation } from '../checks/verdict.ts'
import { confidence, type Future, type FutureGroup, type FutureOutcome, type Reroll } from '../explore/futures.ts'
import type { Intervention } from '../sim/forks.ts'
import type { TraceEvent } from '../sim/trace.ts'
import { interventionWords } from './fork-words.ts'
import { fullTrace } from './full-trace.ts'
import { COLUMNS, glyphsOf, heading } from './style.ts'
import type { Style } from './style.ts'
import { clip, safe, wrap } from './text.ts'
import { plural, seedText } from './words.ts'

export interface ExploredFuture extends Future {
  readonly token: string
}

/** What became of a run that was forked at an event: with new luck, or by one intervention. */
export interface Exploration {
  readonly scenario: string
  readonly seed: number
  /** The event of the original run. */
  readonly event: TraceEvent
  /** How the original fails; undefined where it passes. */
  readonly original: Violation | undefined
  readonly reroll?:
    | (Omit<Reroll, 'groups'> & { readonly groups: readonly (FutureGroup & ExploredFuture)[] })
    | undefined
  readonly branch?: ExploredFuture | undefined
  readonly intervention?: Intervention | undefined
}

/** At most 100 columns wide, a token apart. Ends with a line break. */
export function exploreReport(exploration: Exploration, style: Style): string {
  const { scenario, seed, event, original, reroll, branch, intervention } = exploration
  const [eventLine = ''] = fullTrace({ nodes: [], events: [event] }, style)
  const property = original === undefined ? '' : ` > ${original.property}`
  const head = [
    ...wrap(safe(`EXPLORE ${scenario}${property}  seed ${seedText(seed)}`, style), COLUMNS, 8),
    `  at       ${clip(eventLine.trimStart(), COLUMNS - 11, glyphsOf(style).ellipsis)}`,
  ]
  const body =
    reroll !== undefined
      ? rerollLines(reroll, original)
      : [`  changed  ${interventionWords(intervention!)}`, ...futureLines(branch!, '  outcome  ')]
  return `${[...head, ...body.flatMap((line) => wrapUnlessToken(line, style))].map((line) => heading(line, style)).join('\n')}\n`
}

function rerollLines(
  { futures, failing, groups }: NonNullable<Exploration['reroll']>,
  original: Violation | undefined,
): readonly string[] {
  const [low, high] = confidence(failing, futures)
  const share = `${failing} of ${futures}`
  const sure = `; with 95 % confidence ${percent(low)} to ${percent(high)} of all do`
  const first =
    original === undefined
      ? `  new luck ${plural(futures, 'future')}`
      : `  new luck ${share} futures fail the same way${sure}`
  return [first, ...groups.flatMap((group) => futureLines(group, `${String(group.count).padStart(9)}  `))]
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

const WORDS: { readonly [Outcome in FutureOutcome]: string } = {
  'same failure': 'fails the same way',
  'other failure': 'fails otherwise',
  passes: 'passes',
  unknown: 'ends without an answer',
}

function futureLines({ outcome, result, fingerprint, token }: ExploredFuture, lead: string): readonly string[] {
  const violation = result.violations[0]
  const what = violation === undefined ? '' : `: ${violation.property}: ${violation.shape} (${fingerprint})`
  return [`${lead}${WORDS[outcome]}${what}`, `           npx petrel replay ${token}`]
}

function wrapUnlessToken(line: string, style: Style): readonly string[] {
  if (!line.startsWith('           npx')) return wrap(safe(line, style), COLUMNS, 11)
  return line.length <= COLUMNS ? [line] : ['           npx petrel replay \\', line.trim().split(' ').at(-1)!]
}
