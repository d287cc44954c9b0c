import type { Operation } from '../checks/history.ts'
import { isSame, type Pair, type RunDifference } from '../explore/difference.ts'
import type { Fault } from '../sim/faults.ts'
import type { Trace, TraceEvent } from '../sim/trace.ts'
import { dataWords, inputWords, outcomeWords } from './data.ts'
import { faultWords } from './fault-words.ts'
import { forkWords } from './fork-words.ts'
import { fullTrace } from './full-trace.ts'
import { COLUMNS, glyphsOf, heading } from './style.ts'
import type { Style } from './style.ts'
import { clip, safe } from './text.ts'
import { moment, plural, seedText } from './words.ts'

/** Entries of each sort that are shown; the rest is counted. */
const MOST_ENTRIES = 12

/**
 * In what two runs differ, the first divergence first. What is only in the first run stands behind `-`, what is only
 * in the second behind `+`. At most 100 columns wide, ends with a line break.
 */
export function differenceReport(difference: RunDifference, traces: Pair<Trace>, style: Style): string {
  if (isSame(difference)) return 'the same run, event for event (exit 0)\n'
  const { plan, faults, operations, notes, states, violations } = difference
  const sections = [
    firstLines(difference, traces, style),
    section('PLAN', plan.flatMap(planLines), `${plan.length === 0 ? 'the same' : ''}`, style),
    section(
      'FAULTS',
      [
        ...faults.onlyA.map((fault) => `- ${faultLine(fault, style)}`),
        ...faults.onlyB.map((fault) => `+ ${faultLine(fault, style)}`),
      ],
      `${faults.both} in both`,
      style,
    ),
    section('OPS', operations.differing.flatMap(operationLines), `${operations.same} alike`, style),
    section(
      'NOTES',
      notes.map(({ node, note, a, b }) => `  ${node} ${note}: ${plural(a, 'time')} | ${plural(b, 'time')}`),
      '',
      style,
    ),
    section(
      'STATES',
      states.flatMap(stateLines),
      `${states.length === 0 ? 'the same at the end' : 'at the end'}`,
      style,
    ),
    section(
      'VERDICT',
      violations.a === violations.b ? [`  ${violations.a}`] : [`- ${violations.a}`, `+ ${violations.b}`],
      '',
      style,
    ),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function firstLines({ first }: RunDifference, traces: Pair<Trace>, style: Style): readonly string[] {
  const { event, a, b, contentsOnly } = first!
  const what = contentsOnly ? 'in what it held, or in what the node made of it' : 'in what happened'
  return [
    heading(`  FIRST    they part at event #${event}, ${what}`, style),
    `  - ${eventLine(a, traces.a, style)}`,
    `  + ${eventLine(b, traces.b, style)}`,
  ]
}

function eventLine(event: TraceEvent | undefined, trace: Trace | undefined, style: Style): string {
  if (event === undefined || trace === undefined) return 'the run is over'
  const [line = ''] = fullTrace({ ...trace, events: [event] }, style)
  return clip(line, COLUMNS - 4, glyphsOf(style).ellipsis)
}

function section(name: string, lines: readonly string[], aside: string, style: Style): readonly string[] {
  const rest = lines.length - MOST_ENTRIES
  return [
    heading(
      `  ${name.padEnd(8)} ${lines.length === 0 ? `no difference${aside === '' ? '' : `, ${aside}`}` : aside}`.trimEnd(),
      style,
    ),
    ...lines.slice(0, MOST_ENTRIES).map((line) => clip(safe(`  ${line}`, style), COLUMNS, glyphsOf(style).ellipsis)),
    ...(rest > 0 ? [`    and ${plural(rest, 'more line')}`] : []),
  ]
}

function planLines({ name, a, b }: RunDifference['plan'][number]): readonly string[] {
  return [`  ${name}: ${planWords(name, a)} | ${planWords(name, b)}`]
}

function planWords(name: string, value: unknown): string {
  if (value === undefined) return 'none'
  if (name === 'forks') return (value as Parameters<typeof forkWords>[0][]).map(forkWords).join(', ')
  return (name === 'seed' || name === 'luck') && typeof value === 'number' ? seedText(value) : dataWords(value)
}

function faultLine(fault: Fault, style: Style): string {
  return `${moment(fault.atMs)}  ${faultWords(fault, glyphsOf(style).arrow)}`
}

function operationLines({ id, a, b }: Pair<Operation> & { readonly id: number }): readonly string[] {
  return [`- ${operationWords(id, a)}`, `+ ${operationWords(id, b)}`]
}

function operationWords(id: number, operation: Operation | undefined): string {
  if (operation === undefined) return `${id} was not asked`
  const { process, input, invokedAtMs } = operation
  return `${id} ${process} ${inputWords(input)} ${outcomeWords(operation)}  at ${moment(invokedAtMs)}`
}

function stateLines({ node, path, a, b }: RunDifference['states'][number]): readonly string[] {
  const both = `  ${node} ${path}: ${stateWords(a)} | ${stateWords(b)}`
  return both.length < COLUMNS - 2
    ? [both]
    : [`- ${node} ${path}: ${stateWords(a)}`, `+ ${node} ${path}: ${stateWords(b)}`]
}

function stateWords(value: unknown): string {
  return value === undefined ? 'not there' : dataWords(value)
}

/** What a program reads of two runs; what the first alone has is `a`, the second `b`. */
export function differenceDocument(
  difference: RunDifference,
  runs: Pair<{ readonly token: string; readonly traceHash: string }>,
) {
  const { first, operations, ...rest } = difference
  return {
    schema: 1,
    command: 'diff',
    same: isSame(difference),
    runs,
    ...(first === undefined ? {} : { first }),
    operations: { same: operations.same, differing: operations.differing },
    ...rest,
  } as const
}
