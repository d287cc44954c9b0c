import { fingerprintOf } from '../../explore/run.ts'
import type { VerdictName, Violation } from '../../checks/verdict.ts'
import type { FaultKind } from '../../sim/faults.ts'
import type { StrategyName } from '../../explore/strategies/names.ts'
import type { Scenario, Settings } from '../../explore/scenario.ts'
import { colours, COLUMNS, type Style } from '../../reports/style.ts'
import { safe, wrap } from '../../reports/text.ts'
import { count, duration, plural, seedText } from '../../reports/words.ts'
import { ExitCode } from '../exit-code.ts'
import { print, printJson, warn } from '../output.ts'
import { styleFor } from '../terminal.ts'
import { evidenceOf, isVisible } from './judge.ts'
import { isSeenLast } from './last-look.ts'
import { INSTEAD } from './real.ts'
import type { Round } from './round.ts'

export interface ChaosReport {
  /** Of each run. */
  readonly settings: Settings
  readonly json: boolean
  readonly interrupted: boolean
  readonly expectFail: boolean
  readonly strategy: StrategyName
  readonly nemesis: readonly FaultKind[] | undefined
}

interface Failure {
  readonly seed: number
  readonly violation: Violation
  readonly fingerprint: string
  readonly count: number
  readonly history: string
  /** The same plan in simulation. */
  readonly simulate: string
}

interface Outcome {
  readonly verdict: VerdictName
  readonly reason: string | undefined
  readonly failures: readonly Failure[]
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number; readonly medianOk: number }
  readonly made: { readonly [kind: string]: number }
  readonly madeInstead: { readonly [kind: string]: number }
  readonly notMade: { readonly [kind: string]: number }
}

/** Prints what chaos found; gives the exit code. */
export function reportChaos(scenario: Scenario, rounds: readonly Round[], how: ChaosReport): number {
  const outcome = outcomeOf(scenario, rounds, how)
  const exitCode = exitCodeOf(outcome, how)
  if (how.interrupted) warn('interrupted; this is what was found so far.')
  if (how.json) printJson(documentOf(scenario, rounds, outcome))
  else print(textOf(scenario, rounds, outcome, exitCode, styleFor(process.stdout)))
  return exitCode
}

function exitCodeOf({ verdict }: Outcome, { interrupted, expectFail }: ChaosReport): number {
  if (interrupted) return ExitCode.interrupted
  if (verdict === 'unknown') return ExitCode.unknown
  return (verdict === 'violated') === expectFail ? ExitCode.pass : ExitCode.violated
}

function outcomeOf(scenario: Scenario, rounds: readonly Round[], how: ChaosReport): Outcome {
  const failures = failuresOf(scenario, rounds, how)
  const counts = rounds.map(({ operations }) => operations.ok).sort((one, other) => one - other)
  const medianOk = counts[counts.length >> 1] ?? 0
  const wanted = evidenceOf(scenario, how.settings)
  const reason =
    rounds.find(({ verdict }) => verdict === 'unknown')?.reason ??
    (medianOk < wanted
      ? `no evidence: in the median run ${medianOk} operations ended ok, and ${scenario.name} asks for ${wanted}: ${how.interrupted ? 'it was interrupted' : 'the machine may be too busy, or the runs too short'}`
      : undefined)
  const sum = (kind: 'ok' | 'fail' | 'info') => rounds.reduce((total, { operations }) => total + operations[kind], 0)
  return {
    verdict: failures.length > 0 ? 'violated' : reason === undefined ? 'ok' : 'unknown',
    reason,
    failures,
    operations: { ok: sum('ok'), fail: sum('fail'), info: sum('info'), medianOk },
    made: summed(rounds.map(({ made }) => made)),
    madeInstead: summed(rounds.map(({ madeInstead }) => madeInstead)),
    notMade: summed(rounds.map(({ notMade }) => notMade)),
  }
}

function failuresOf(scenario: Scenario, rounds: readonly Round[], how: ChaosReport): readonly Failure[] {
  const failures = new Map<string, Failure>()
  for (const { seed, violations, historyFile } of rounds) {
    const [violation] = violations
    if (violation === undefined) continue
    const fingerprint = fingerprintOf(scenario.name, violation)
    const simulate = simulationOf(scenario, seed, how)
    const first = { seed, violation, fingerprint, count: 0, history: historyFile, simulate }
    const known = failures.get(fingerprint) ?? first
    failures.set(fingerprint, { ...known, count: known.count + 1 })
  }
  return [...failures.values()]
}

/** What runs the plan of a seed in simulation. */
function simulationOf(
  { name, defaults }: Scenario,
  seed: number,
  { settings, strategy, nemesis }: ChaosReport,
): string {
  const { nodes, clients, operations, durationMs, bug } = settings
  const other = (option: string, value: number, usual: number, unit = ''): readonly string[] =>
    value === usual ? [] : [`--${option} ${value}${unit}`]
  return [
    `petrel run ${name} --seed ${seedText(seed)} --strategy ${strategy}`,
    ...other('nodes', nodes, defaults.nodes),
    ...other('clients', clients, defaults.clients),
    ...other('operations', operations, defaults.operations),
    ...other('duration', durationMs, defaults.durationMs, 'ms'),
    ...(nemesis === undefined ? [] : [`--nemesis ${nemesis.join()}`]),
    ...(bug === undefined ? [] : [`--bug ${bug}`]),
  ].join(' ')
}

function summed(all: readonly ReadonlyMap<string, number>[]): { readonly [kind: string]: number } {
  const sums: { [kind: string]: number } = {}
  for (const [kind, times] of all.flatMap((one) => [...one])) sums[kind] = (sums[kind] ?? 0) + times
  return sums
}

function documentOf(scenario: Scenario, rounds: readonly Round[], outcome: Outcome): object {
  const { verdict, reason, operations, failures, made, madeInstead, notMade } = outcome
  return {
    schema: 1,
    command: 'chaos',
    scenario: scenario.name,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    firstSeed: seedText(rounds[0]?.seed ?? 0),
    runs: rounds.length,
    events: rounds.reduce((sum, { events }) => sum + events, 0),
    virtualMs: 0,
    wallMs: rounds.reduce((sum, { wallMs }) => sum + wallMs, 0),
    // No two runs on real processes are the same.
    traceHash: null,
    operations,
    failures: failures.map(({ seed, violation, fingerprint, count: times, history, simulate }) => ({
      scenario: scenario.name,
      seed: seedText(seed),
      property: violation.property,
      shape: violation.shape,
      summary: violation.summary,
      because: violation.because,
      fingerprint,
      count: times,
      token: null,
      history,
      simulate,
    })),
    sometimes: {},
    faults: made,
    notForReal: { instead: madeInstead, left: notMade },
    notJudged: notJudged(scenario),
    histories: rounds.flatMap(({ historyFile }) => (historyFile === '' ? [] : [historyFile])),
  }
}

function notJudged(scenario: Scenario): readonly string[] {
  return scenario
    .properties(scenario.defaults)
    .filter((property) => property.kind !== 'sometimes' && !isVisible(property) && !isSeenLast(scenario, property))
    .map(({ name }) => name)
}

const WORDS = { ok: 'PASS', violated: 'FAIL', unknown: 'UNKNOWN' } as const

function textOf(
  scenario: Scenario,
  rounds: readonly Round[],
  outcome: Outcome,
  exitCode: number,
  style: Style,
): string {
  const { verdict, operations } = outcome
  const colour = colours(style)
  const word = WORDS[verdict]
  const paint = { ok: colour.bold.green, violated: colour.bold.red, unknown: colour.bold.yellow }[verdict]
  const wallMs = rounds.reduce((sum, round) => sum + round.wallMs, 0)
  const seeds = rounds.map(({ seed }) => seedText(seed))
  const range = seeds.length > 1 ? `seeds ${seeds[0]} to ${seeds.at(-1)}` : `seed ${seeds[0] ?? 'none'}`
  const lines = [
    `${paint(word)} ${scenario.name}  ${plural(rounds.length, 'run')} on real processes, ${range}, in ${duration(wallMs)}`,
    '',
    `  operations  ${count(operations.ok)} ok, ${count(operations.fail)} failed, ${count(operations.info)} unknown`,
    '',
    `  faults      ${
      Object.entries(outcome.made)
        .map(([kind, times]) => `${kind} ${count(times)}`)
        .join(', ') || 'none'
    }`,
    ...notForReal(outcome),
    '',
    ...outcome.failures.flatMap((failure) => failureLines(failure)),
    lastLine(outcome, exitCode),
  ]
  return lines.flatMap((line) => wrap(safe(line, style), COLUMNS, 14)).join('\n')
}

function notForReal({ madeInstead, notMade }: Outcome): readonly string[] {
  const instead = Object.entries(madeInstead).map(
    ([kind, times]) => `${kind} ${count(times)} times: ${INSTEAD.get(kind) ?? 'otherwise'}`,
  )
  const left = Object.entries(notMade).map(([kind, times]) => `${kind} ${count(times)}`)
  return [
    ...instead.map((words) => `  made as     ${words}`),
    ...(left.length === 0 ? [] : [`  not for real, left to simulation: ${left.join(', ')}`]),
  ]
}

function failureLines({ seed, violation, count: times, history, simulate }: Failure): readonly string[] {
  return [
    `  VIOLATED ${violation.property}: ${violation.summary}  (${plural(times, 'run')}, first seed ${seedText(seed)})`,
    ...violation.because.map((step) => `    - ${step}`),
    `    history   ${history}`,
    `    simulate  ${simulate}`,
    '',
  ]
}

function lastLine({ verdict, reason, failures }: Outcome, exitCode: number): string {
  const words = {
    ok: 'every property that was judged held',
    violated: `${plural(failures.length, 'kind of failure', 'kinds of failure')} found`,
    unknown: `no answer: ${reason}`,
  }
  return `  ${words[verdict]} (exit ${exitCode})`
}
