import type { Operation } from '../checks/history.ts'
import type { TransactionVerdict } from '../checks/transactions/check-transactions.ts'
import type { Verdict, Violation } from '../checks/verdict.ts'
import { orderInWords } from '../checks/linearizability/sentences.ts'
import { worst, type CheckedFile } from './check-document.ts'
import { dataWords } from './data.ts'
import { COLUMNS, colours, glyphsOf, heading } from './style.ts'
import type { Style } from './style.ts'
import { clip, leftAndRight, safe, wrap } from './text.ts'
import { timelineLines, type Bar } from './timeline-terminal.ts'
import { count, duration, plural } from './words.ts'

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
  const standing = standingLines(file, style)
  if (verdict.verdict === 'ok') return standing
  if (verdict.verdict === 'unknown') return [...unknownLines(verdict, style), ...standing]
  const told = verdict.violations.slice(0, MOST_TOLD).flatMap((violation) => violationLines(file, violation, style))
  const more = verdict.violations.length - MOST_TOLD
  return [
    ...told,
    ...(more > 0 ? ['', `  and ${plural(more, 'more violation')}: --json has all of them`] : []),
    ...standing,
    ...(file.timed
      ? []
      : ['', '  times     the file has none: the number of a line stands for its time in milliseconds']),
    '',
    heading(`  next      petrel check … --html timeline.html shows all operations; --json has all evidence`, style),
  ]
}

/** Of transactions: all that was found, and what it says about each level of isolation. */
function standingLines({ verdict }: CheckedFile, style: Style): readonly string[] {
  if (!('anomalies' in verdict)) return []
  const { anomalies, not, alsoNot, mayHold } = verdict as TransactionVerdict
  const line = (title: string, words: readonly string[]) =>
    words.length === 0 ? [] : wrap(heading(`  ${title.padEnd(9)} ${words.join(', ')}`, style), COLUMNS, 12)
  const found = anomalies.map(({ name, count: times }) => (times === 1 ? name : `${name} (${count(times)} times)`))
  if (found.length === 0) return []
  return ['', ...line('FOUND', found), ...line('not', not), ...line('also not', alsoNot), ...line('may hold', mayHold)]
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
  const shown = core.length <= MOST_BARS ? core : mostTelling(core, because)
  const digits = digitsFor(shown.map(({ operation }) => operation))
  const rows = shown.map(({ label, operation }) => operationParts(label, operation, file, digits))
  const more = core.length - shown.length
  const timeline = timelineLines(shown, style)
  return [
    '',
    ...wrap(safe(`  VIOLATED  ${property}: ${summary}`, style), COLUMNS, 12).map((line) => heading(line, style)),
    ...aligned(rows, style),
    ...(more > 0 ? [`    and ${plural(more, 'more operation')}`] : []),
    ...because.flatMap((sentence) => wrap(safe(`    - ${sentence}`, style), COLUMNS, 6)),
    ...(timeline.length > 0
      ? ['', heading('  TIMELINE  in the order of invocations and returns', style), ...timeline]
      : []),
    ...attemptLines(violation, style),
  ]
}

/** Of many: those that the sentences name, and the one that has no place. */
function mostTelling(core: readonly Bar[], because: readonly string[]): readonly Bar[] {
  const named = new Set(because.flatMap((sentence) => sentence.match(/\bT\d+\b/g) ?? []))
  const telling = core.filter(({ label, isStuck }) => isStuck || named.has(label))
  return (telling.length === 0 ? core : telling).slice(-MOST_BARS)
}

/** Name and process, with what was asked and answered; when; at which lines. */
function operationParts(label: string, operation: Operation, file: CheckedFile, digits: number): readonly string[] {
  const { process, input, output, outcome, reason, invokedAtMs, returnedAtMs } = operation
  const { invokedAtEvent, returnedAtEvent } = operation
  const told = outcome === 'ok' || operation.observed === true
  const why = reason === undefined ? '' : `: ${reason}`
  const end = told ? '' : ` (${outcome === 'info' ? 'outcome unknown' : 'failed'}${why})`
  const seconds = (ms: number) => (Number.isFinite(ms) ? (ms / 1000).toFixed(digits) : '')
  return [
    `${label}  ${process} ${file.subject.describe(input, told ? (output ?? null) : undefined)}${end}`,
    file.timed ? `${seconds(invokedAtMs)}..${seconds(returnedAtMs)}` : '',
    invokedAtEvent === undefined ? '' : `lines ${invokedAtEvent}..${returnedAtEvent ?? ''}`,
  ]
}

/** Milliseconds, unless some of them took less than one. */
function digitsFor(operations: readonly Operation[]): number {
  return operations.some(({ invokedAtMs, returnedAtMs }) => returnedAtMs - invokedAtMs < 1) ? 6 : 3
}

const LEAST_WORDS = 40

/** Each part in a column of its own; the words are cut where they leave no room for the others. */
function aligned(rows: readonly (readonly string[])[], style: Style): readonly string[] {
  const clean = rows.map((row) => row.map((part) => safe(part, style)))
  const width = (column: number) => Math.max(0, ...clean.map((row) => row[column]?.length ?? 0))
  const others = [1, 2].filter((column) => width(column) > 0)
  const room = COLUMNS - 4 - others.reduce((sum, column) => sum + width(column) + 2, 0)
  const words = Math.min(width(0), Math.max(room, LEAST_WORDS))
  return clean.map((row) => {
    const first = clip(row[0]!, words, glyphsOf(style).ellipsis).padEnd(words)
    return `    ${[first, ...others.map((column) => row[column]!.padEnd(width(column)))].join('  ')}`.trimEnd()
  })
}

/** How far orders came, and what the object was like then. */
function attemptLines({ attempts = [], operations }: Violation, style: Style): readonly string[] {
  const name = (id: number) => {
    const index = operations.indexOf(id)
    return index === -1 ? `#${id}` : `T${index + 1}`
  }
  const lines = attempts.slice(0, MOST_ATTEMPTS).flatMap(({ order, state }) => {
    const names = order.filter((id) => operations.includes(id)).map(name)
    const words = order.length === 0 ? 'nothing' : names.length === 0 ? 'others' : orderInWords(names)
    return wrap(safe(`    ${words}, then the state is ${dataWords(state)}`, style), COLUMNS, 6)
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
