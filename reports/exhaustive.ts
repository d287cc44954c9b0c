import type { Bounds } from '../explore/exhaustive/bounds.ts'
import type { ExhaustiveResult } from '../explore/exhaustive/search.ts'
import type { Step } from '../explore/exhaustive/step.ts'
import type { Settings } from '../explore/scenario.ts'
import { dataWords, detailWords } from './data.ts'
import { COLUMNS, colours, glyphsOf, heading, type Style } from './style.ts'
import { clip, safe, wrap } from './text.ts'
import { count, duration, plural, significant } from './words.ts'

/** One scenario's search, with what a report of it needs. */
export interface ExhaustiveReport {
  readonly scenario: string
  readonly settings: Settings
  readonly bounds: Bounds
  readonly result: ExhaustiveResult
  readonly wallMs: number
}

const NOTES_AT = 58

/** What a search over all behaviours of a small world found, and what it has looked at. Ends with a line break. */
export function exhaustiveReport(report: ExhaustiveReport, style: Style): string {
  const sections = [headLines(report, style), pathLines(report, style), figureLines(report, style)]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

const WORDS = { ok: 'PASS', violated: 'FAIL', unknown: 'UNKNOWN' } as const

function headLines({ scenario, settings, result }: ExhaustiveReport, style: Style): readonly string[] {
  const colour = colours(style)
  const word = WORDS[result.verdict]
  const paint = { ok: colour.bold.green, violated: colour.bold.red, unknown: colour.bold.yellow }[result.verdict]
  const bug = settings.bug === undefined ? '' : ` --bug ${settings.bug}`
  const { nodes, clients, operations } = settings
  const world = `${plural(nodes, 'server')}, ${plural(clients, 'client')}, ${plural(operations, 'operation')}`
  const what =
    result.violation === undefined
      ? `every behaviour of ${world}`
      : `${result.violation.property}: ${result.violation.summary}`
  const separator = result.violation === undefined ? ' ' : ' > '
  const lines = wrap(safe(`${word} ${scenario}${bug}${separator}${what}`, style), COLUMNS, 5)
  return lines.map((line, index) => (index === 0 ? paint(word) + line.slice(word.length) : line))
}

function pathLines({ result }: ExhaustiveReport, style: Style): readonly string[] {
  const { path } = result
  if (path.length === 0) return []
  const width = String(path.length).length
  const colour = colours(style)
  return [
    heading(`  steps       ${plural(path.length, 'step leads', 'steps lead')} there, and no fewer do`, style),
    ...path.map((step, index) => {
      const happened = `    ${String(index + 1).padStart(width)}  ${stepWords(step, style)}`
      const notes = step.notes.map(({ event, detail }) => `${event} ${detailWords(detail)}`.trim()).join(', ')
      if (notes === '') return clip(safe(happened, style), COLUMNS, glyphsOf(style).ellipsis)
      const left = clip(safe(happened, style), NOTES_AT - 1, glyphsOf(style).ellipsis).padEnd(NOTES_AT)
      return left + colour.dim(clip(safe(notes, style), COLUMNS - NOTES_AT, glyphsOf(style).ellipsis))
    }),
  ]
}

/** One step in a few words: `n2 times out: election`, `n1 → n2 RequestVote term=1`. */
export function stepWords({ kind, node, from, what, kept }: Step, style: Style): string {
  const message = (): string => {
    const { type, ...rest } = what as { readonly type: string }
    return `${from} ${glyphsOf(style).arrow} ${node} ${type} ${detailWords(rest)}`.trimEnd()
  }
  switch (kind) {
    case 'deliver':
      return message()
    case 'duplicate':
      return `${message()}, and once more later`
    case 'drop':
      return `${message()} is lost`
    case 'timeout':
      return `${node} times out: ${typeof what === 'string' ? what : dataWords(what)}`
    case 'synced':
      return `${node} has synced its disk`
    case 'restart':
      return `${node} starts again`
    case 'kill':
      return `${node} is killed`
    case 'power loss':
      return `${node} loses its power${kept === 0 ? '' : `, and keeps ${plural(kept ?? 0, 'write')} not synced`}`
  }
}

function figureLines({ result, bounds, wallMs }: ExhaustiveReport, style: Style): readonly string[] {
  const { states, steps, terminalStates, leftOut, neverSeen, reason } = result
  const rate = wallMs > 0 ? `, ${significant(states / (wallMs / 1000))} states/s` : ''
  const lines = [
    `  states      ${plural(states, 'state')}, ${plural(steps, 'step')} between them, in ${duration(wallMs)}${rate}`,
    `  explored    ${exploredWords(result)}`,
    `  bounds      ${boundWords(bounds).join(', ')}`,
    ...(terminalStates > 0 ? [`  ends        nothing more may happen in ${plural(terminalStates, 'state')}`] : []),
    ...(reason === undefined ? [] : [`  unknown     ${reason}`]),
    ...(leftOut.length === 0 ? [] : [`  not judged  ${leftOut.join(', ')}`]),
    ...(neverSeen.length === 0 ? [] : [`  never seen  ${neverSeen.join(', ')}`]),
  ]
  return lines.flatMap((line) => wrap(safe(line, style), COLUMNS, 14)).map((line) => heading(line, style))
}

function exploredWords({ explored, depth, verdict }: ExhaustiveResult): string {
  if (explored === 'all')
    return `all states that there are within these bounds, the farthest ${plural(depth, 'step')} away`
  if (explored === 'depth') return `all states within ${plural(depth, 'step')}; there are others behind them`
  return verdict === 'violated' ? 'up to the first violation, nearest states first' : 'a part'
}

/** What the world was allowed to do. */
export function boundWords(bounds: Bounds): readonly string[] {
  const { timeouts, timers, drops, duplicates, kills, powerLosses, network, syncs, symmetry, partialOrder } = bounds
  const most = (value: number, what: string, many?: string): readonly string[] =>
    value === 0 ? [] : [Number.isFinite(value) ? `at most ${plural(value, what, many)}` : `any ${many ?? `${what}s`}`]
  const names = timers === undefined ? '' : ` (${timers.join(', ')})`
  return [
    Number.isFinite(timeouts) ? `${plural(timeouts, 'timeout')} a node${names}` : `any timeouts${names}`,
    `${network} network`,
    ...most(drops, 'loss', 'losses'),
    ...most(duplicates, 'duplicate'),
    ...most(kills, 'kill'),
    ...most(powerLosses, 'power loss', 'power losses'),
    ...(syncs === 'pending' ? ['syncs as steps of their own'] : []),
    ...(symmetry ? ['symmetry'] : []),
    ...(partialOrder ? ['partial-order reduction'] : []),
    `at most ${count(bounds.maxStates)} states`,
  ]
}

/** What `petrel run --exhaustive --json` prints. */
export function exhaustiveDocument(reports: readonly ExhaustiveReport[]): object {
  const scenarios = reports.map(fields)
  const [only] = scenarios
  const head = { schema: 1, command: 'run', exhaustive: true }
  return scenarios.length === 1 ? { ...head, ...only } : { ...head, scenarios }
}

function fields({ scenario, settings, bounds, result, wallMs }: ExhaustiveReport): object {
  const { verdict, violation, path, reason, explored, states, steps, terminalStates, depth, leftOut, neverSeen } =
    result
  const { nodes, clients, operations, bug } = settings
  return {
    scenario,
    verdict,
    ...(violation === undefined ? {} : { violation }),
    ...(path.length === 0 ? {} : { path }),
    ...(reason === undefined ? {} : { reason }),
    explored,
    states,
    steps,
    depth,
    terminalStates,
    statesPerSecond: wallMs > 0 ? Math.round((states * 1000) / wallMs) : null,
    wallMs,
    settings: { nodes, clients, operations, ...(bug === undefined ? {} : { bug }) },
    // A bound of Infinity, which JSON has not, is null: there is none.
    bounds,
    notJudged: leftOut,
    neverSeen,
  }
}
