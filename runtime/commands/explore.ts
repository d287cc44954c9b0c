import type { TraceEvent } from '../../sim/trace.ts'
import { reroll, runFork, type Fork, type Intervention } from '../../explore/futures.ts'
import type { RunResult } from '../../explore/result.ts'
import { executeRun } from '../../explore/run.ts'
import { topologyOf } from '../../explore/plan-run.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { exploreReport, type Exploration, type ExploredFuture } from '../../reports/explore.ts'
import { exploreDocument } from '../../reports/json.ts'
import { codeOf } from '../catalogue.ts'
import { ExitCode } from '../exit-code.ts'
import { tokenOf } from '../failures.ts'
import { print, printJson, sendConsoleToStderr, warn } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { unknownName } from '../suggest.ts'
import { styleFor } from '../terminal.ts'
import { tokenForPeople } from '../token-file.ts'
import { openToken, type TokenRun } from '../token-run.ts'

/** What `petrel explore` was asked for: one intervention, or so many futures with new luck. Times in milliseconds. */
export interface ExploreOptions {
  readonly at: number
  readonly reroll?: number
  readonly drop?: boolean
  readonly duplicate?: boolean
  readonly delay?: number
  readonly crash?: string
  readonly powerLoss?: string
  readonly config?: string
  readonly json?: boolean
}

const DEFAULT_FUTURES = 20
/** The copy of a message comes this much later; a node that was brought down is back after this long. */
const COPY_AFTER_MS = 10
const RESTART_AFTER_MS = 200

/** Forks the run of a token at an event; gives the exit code: 0, or 3 where the run is not the recorded one. */
export async function exploreCommand(given: string, options: ExploreOptions): Promise<number> {
  const run = await openToken(given, options.config)
  sendConsoleToStderr()
  const original = executeRun(run.scenario, run.content.plan, { trace: true, wire: run.content.wire === true })
  if (diverged(run, original)) return ExitCode.diverged
  const event = original.trace!.events[options.at - 1]
  if (event === undefined)
    throw new UsageError('no-such-event', `--at ${options.at}: the run has only ${original.events} events.`)
  const intervention = interventionOf(options, run, event)
  if (intervention !== undefined && !('node' in intervention)) checkMessage(run, original, options.at, intervention)
  const exploration: Exploration = {
    scenario: run.scenario.name,
    seed: run.content.seed,
    event,
    original: original.violations[0],
    ...(intervention === undefined
      ? { reroll: rerolled(run, options.at, options.reroll ?? DEFAULT_FUTURES) }
      : { branch: branched(run, { atEvent: options.at, ...intervention }), intervention }),
  }
  if (options.json === true) printJson(exploreDocument(exploration))
  else print(exploreReport(withShortTokens(exploration), styleFor(process.stdout)))
  return ExitCode.pass
}

/** With the same code a run that is not the recorded one has no event to speak of; with other code it may be near. */
function diverged({ content, otherCode, catalogue, scenario }: TokenRun, { traceHash }: RunResult): boolean {
  if (traceHash === content.traceHash) return false
  if (!otherCode) {
    warn(
      'not deterministic: the same code gave another run, so that it has no futures. `petrel run --verify` says more.',
    )
    return true
  }
  const own = codeOf(catalogue, scenario)
  warn(
    `the token was made with code ${content.code}, this is ${own}, and the run is another: events have other numbers.`,
  )
  return false
}

function interventionOf(options: ExploreOptions, run: TokenRun, { atUs }: TraceEvent): Intervention | undefined {
  const { drop, duplicate, delay, crash, powerLoss } = options
  const down = { atMs: atUs / 1000, restartAfterMs: RESTART_AFTER_MS }
  const wanted: readonly Intervention[] = [
    ...(drop === true ? [{ kind: 'drop' } as const] : []),
    ...(duplicate === true ? [{ kind: 'duplicate', afterMs: COPY_AFTER_MS } as const] : []),
    ...(delay === undefined ? [] : [{ kind: 'delay', byMs: delay } as const]),
    ...(crash === undefined ? [] : [{ kind: 'kill', node: nodeOf(run, crash), ...down } as const]),
    ...(powerLoss === undefined ? [] : [{ kind: 'power-loss', node: nodeOf(run, powerLoss), ...down } as const]),
  ]
  if (wanted.length + (options.reroll === undefined ? 0 : 1) <= 1) return wanted[0]
  throw new UsageError(
    'several-interventions',
    'One at a time of --reroll, --drop, --duplicate, --delay, --crash and --power-loss: each gives a token, which can be explored again.',
  )
}

function nodeOf({ scenario, content }: TokenRun, name: string): string {
  const { seed, settings, operations } = content.plan
  const ids = topologyOf(scenario, seed, settings, operations).nodes.map(({ id }) => id)
  return ids.includes(name) ? name : unknownName('node', name, ids)
}

/** A stream delivers once and in order: what a copy would be there no real one makes. */
function checkMessage({ scenario, content }: TokenRun, { trace }: RunResult, at: number, { kind }: Intervention): void {
  const { seed, settings, operations } = content.plan
  const { protocol } = topologyOf(scenario, seed, settings, operations)
  const transportOf = ({ label }: TraceEvent): string => protocol[label]?.transport ?? 'datagram'
  const next = trace!.events.find(
    (event) => event.number >= at && event.kind === 'deliver' && transportOf(event) !== 'local',
  )
  if (next === undefined)
    throw new UsageError('no-message', `--${kind}: no message is delivered at event #${at} or later.`)
  if (kind === 'duplicate' && transportOf(next) === 'stream')
    throw new UsageError(
      'on-a-stream',
      `--duplicate: ${next.label} of #${next.number} goes over a stream, which never doubles.`,
    )
}

function rerolled(run: TokenRun, at: number, futures: number): Exploration['reroll'] {
  const { scenario, content } = run
  const progress = new ProgressLine()
  const outcome = reroll(scenario, content.plan, at, futures, content.fingerprint, {
    wire: content.wire === true,
    onProgress: (done) => progress.draw(() => `exploring: ${done} of ${futures} futures`),
  })
  progress.clear()
  return { ...outcome, groups: outcome.groups.map((group) => ({ ...group, token: futureToken(run, group) })) }
}

function branched(run: TokenRun, fork: Fork): ExploredFuture {
  const { scenario, content } = run
  const future = runFork(scenario, content.plan, fork, content.fingerprint, { wire: content.wire === true })
  return { ...future, token: futureToken(run, future) }
}

function futureToken({ catalogue, scenario, content }: TokenRun, future: Omit<ExploredFuture, 'token'>): string {
  return tokenOf(catalogue, scenario, { ...future, wire: content.wire })
}

function withShortTokens(exploration: Exploration): Exploration {
  const short = <Each extends ExploredFuture>(future: Each): Each => ({
    ...future,
    token: tokenForPeople(future.token, future.result.traceHash.slice(0, 6)),
  })
  const { reroll: futures, branch } = exploration
  return {
    ...exploration,
    ...(futures === undefined ? {} : { reroll: { ...futures, groups: futures.groups.map(short) } }),
    ...(branch === undefined ? {} : { branch: short(branch) }),
  }
}
