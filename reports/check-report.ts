import type { Operation } from '../checks/history.ts'
import type { Verdict, Violation } from '../checks/verdict.ts'
import { worst, type CheckedFile } from './check-document.ts'
import { dataWords } from './data.ts'
import { COLUMNS, colours, heading } from './style.ts'
import type { Style } from './style.ts'
import { leftAndRight, safe, wrap } from './text.ts'
import { timelineLines } from './timeline-terminal.ts'
import { count, duration, moment, plural } from './words.ts'

const WORDS = { ok: 'PASS', violated: 'FAIL', unknown: 'UNKNOWN' } as const
/** So many violations of a file are told in full. */
const MOST_TOLD = 3
/** More bars than these no terminal shows side by side. */
const MOST_BARS = 24
const MOST_ATTEMPTS = 3

/** What was found in each file; of several, a summary. Ends with a line break. */
export function checkReport(checked: readonly CheckedFile[], style: Style): string {
  const reports = checked.map((file) => `${[...headLines(file, style), ...evidenceLines(file, style)].join('\n')}\n`)
  const isShort = checked.every(({ verdict }) => verdict.verdict === 'ok')
  return [...reports, ...(checked.length > 1 ? [`${summaryLine(checked, style)}\n`] : [])].join(isShort ? '' : '\n')
}

function headLines({ name, subject, history, verdict, wallMs }: CheckedFile, style: Style): readonly string[] {
  const word = WORDS[verdict.verdict]
  const figures = `${plural(history.length, 'operation')}, ${plural(verdict.steps, 'step')}, ${duration(wallMs)}`
  const lines = leftAndRight(safe(`${word} ${name} as ${subject.name}`, style), figures, COLUMNS)
  return lines.map((line, index) =>
    index === 0 ? painted(verdict.verdict, style)(word) + line.slice(word.length) : line,
  )
}

function painted(verdict: Verdict['verdict'], style: Style): (text: string) => string {
  const colour = colours(style).bold
  return { ok: colour.green, violated: colour.red, unknown: colour.yellow }[verdict]
}

function evidenceLines(file: CheckedFile, style: Style): readonly string[] {
  const { verdict } = file
  if (verdict.verdict === 'ok') return []
  if (verdict.verdict === 'unknown') return unknownLines(verdict, style)
  const told = verdict.violations.slice(0, MOST_TOLD).flatMap((violation) => violationLines(file, violation, style))
  const more = verdict.violations.length - MOST_TOLD
  return [
    ...told,
    ...(more > 0 ? ['', `  and ${plural(more, 'more violation')}: --json has all of them`] : []),
    ...(file.timed
      ? []
      : ['', '  times     the file has none: the number of a line stands for its time in milliseconds']),
    '',
    heading(`  next      petrel check … --html timeline.html shows all operations; --json has all evidence`, style),
  ]
}

function unknownLines(verdict: Extract<Verdict, { verdict: 'unknown' }>, style: Style): readonly string[] {
  const { reason, reached } = verdict
  const key = reached?.key === undefined ? '' : ` of ${reached.key}`
  const far =
    reached === undefined
      ? []
      : [`  reached   the longest order has ${count(reached.ordered)} of ${plural(reached.of, 'operation')}${key}`]
  return [
    '',
    ...wrap(safe(`  reason    ${reason}`, style), COLUMNS, 12),
    ...wrap(safe(far.join(''), style), COLUMNS, 12).filter((line) => line !== ''),
    '  next      --budget gives it more steps',
  ]
}

function violationLines(file: CheckedFile, violation: Violation, style: Style): readonly string[] {
  const { property, summary, because, operations, blocked } = violation
  const byId = new Map(file.history.map((operation) => [operation.id, operation]))
  const core = operations.flatMap((id, index) => {
    const operation = byId.get(id)
    return operation === undefined ? [] : [{ label: `T${index + 1}`, operation, isStuck: id === blocked }]
  })
  const rows = core.slice(0, MOST_BARS).map(({ label, operation }) => operationParts(label, operation, file, style))
  const more = core.length - MOST_BARS
  const timeline = timelineLines(core.slice(0, MOST_BARS), style)
  return [
    '',
    ...wrap(safe(`  VIOLATED  ${property}: ${summary}`, style), COLUMNS, 12).map((line) => heading(line, style)),
    ...aligned(rows),
    ...(more > 0 ? [`    and ${plural(more, 'more operation')}`] : []),
    ...because.flatMap((sentence) => wrap(safe(`    - ${sentence}`, style), COLUMNS, 6)),
    ...(timeline.length > 0
      ? ['', heading('  TIMELINE  in the order of invocations and returns', style), ...timeline]
      : []),
    ...attemptLines(violation, style),
  ]
}

/** Name and process; what was asked and answered; when; at which lines. */
function operationParts(label: string, operation: Operation, file: CheckedFile, style: Style): readonly string[] {
  const { process, input, output, outcome, reason, invokedAtMs, returnedAtMs } = operation
  const { invokedAtEvent, returnedAtEvent } = operation
  const told = outcome === 'ok' || operation.observed === true
  const end = told
    ? ''
    : ` (${outcome === 'info' ? 'outcome unknown' : 'failed'}${reason === undefined ? '' : `: ${reason}`})`
  const lines =
    invokedAtEvent === undefined
      ? ''
      : `lines ${invokedAtEvent}..${returnedAtEvent === undefined ? '' : returnedAtEvent}`
  return [
    `${label}  ${process} ${file.subject.describe(input, told ? (output ?? null) : undefined)}${end}`,
    file.timed ? `${moment(invokedAtMs)}..${Number.isFinite(returnedAtMs) ? moment(returnedAtMs) : ''}` : '',
    lines,
  ].map((part) => safe(part, style))
}

/** Each part in a column of its own where all fit; wrapped where they don't. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  const wide = rows.map((row) =>
    `    ${row
      .filter((_, column) => widths[column] !== 0)
      .map((part, column) => part.padEnd(widths[column] ?? 0))
      .join('  ')}`.trimEnd(),
  )
  if (wide.every((line) => line.length <= COLUMNS)) return wide
  return rows.flatMap((row) => wrap(`    ${row.filter(Boolean).join('  ')}`, COLUMNS, 8))
}

/** How far orders came, and what the object was like then. */
function attemptLines({ attempts = [], operations }: Violation, style: Style): readonly string[] {
  const name = (id: number) => {
    const index = operations.indexOf(id)
    return index === -1 ? `#${id}` : `T${index + 1}`
  }
  const lines = attempts.slice(0, MOST_ATTEMPTS).flatMap(({ order, state }) => {
    const words =
      order.length === 0
        ? 'nothing'
        : order
            .filter((id) => operations.includes(id))
            .map(name)
            .join(' < ')
    return wrap(
      safe(`    ${words === '' ? 'others' : words}, then the state is ${dataWords(state)}`, style),
      COLUMNS,
      6,
    )
  })
  return lines.length === 0 ? [] : ['', heading('  REACHED   by the longest orders that hold', style), ...lines]
}

function summaryLine(checked: readonly CheckedFile[], style: Style): string {
  const number = (name: Verdict['verdict']) => checked.filter(({ verdict }) => verdict.verdict === name).length
  const parts = (['violated', 'unknown', 'ok'] as const)
    .filter((name) => number(name) > 0)
    .map((name) => painted(name, style)(`${count(number(name))} ${name}`))
  return `${plural(checked.length, 'file')}: ${parts.join(', ')}${worst(checked) === 'ok' ? ', as it should be' : ''}`
}
