import { dirname, relative } from 'node:path'
import type { Failure, SweepSummary } from '../explore/result.ts'
import { failureReport } from '../reports/failure.ts'
import { storyOf } from '../reports/story.ts'
import { seedText } from '../reports/words.ts'
import { findConfig } from './load-user-code.ts'
import { styleFor } from './terminal.ts'
import { petrelVersion } from './version.ts'

/** Why a simulation test fails; its stack is the place in the user's file where the test was written. */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure'

  constructor(message: string, site: CallSite) {
    super(message)
    this.stack = `${this.name}: ${message}\n${site.frames}`
  }
}

/** Where in the user's code something was called. */
export interface CallSite {
  /** The lines of a stack, the user's line first. */
  readonly frames: string
  /** The path of the user's file; undefined where the stack does not tell. */
  readonly file: string | undefined
}

/** The place that called `callee`. */
export function callSite(callee: (...args: never[]) => unknown): CallSite {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, callee)
  const frames = (holder.stack ?? '').split('\n').slice(1).join('\n')
  const file = /\(?(?:file:\/\/)?((?:[A-Za-z]:)?[^\s()]+?):\d+:\d+\)?$/m.exec(frames)?.[1]
  return { frames, file }
}

/** What went wrong in a sweep, in full; undefined where nothing did. */
export function failureMessage(
  summary: SweepSummary,
  single: boolean,
  code: string,
  site: CallSite,
): string | undefined {
  const failure = summary.failures[0]
  if (failure !== undefined) return violationMessage(failure, summary, code, site)
  if (summary.unknown > 0) return `${summary.scenario}: the verdict is unknown. ${summary.reason}`
  if (single) return undefined
  if (summary.verdict !== 'ok') return `${summary.scenario}: the verdict is ${summary.verdict}. ${summary.reason}`
  if (summary.neverSeen.length === 0) return undefined
  const names = summary.neverSeen.map((name) => `"${name}"`).join(', ')
  return (
    `${summary.scenario}: in ${summary.runs} runs never seen: ${names}. What never happens is not tested: ` +
    'run more seeds, make it likelier, or take the property out.'
  )
}

function violationMessage(failure: Failure, summary: SweepSummary, code: string, site: CallSite): string {
  const report = failureReport(
    storyOf(failure, { runs: summary.runs, wallMs: summary.wallMs, codeHash: code, version: petrelVersion() }),
    { colour: 0, unicode: styleFor({}).unicode },
  )
  const file = site.file === undefined ? '' : ` ${relative(process.cwd(), site.file)}`
  const configured = findConfig(site.file === undefined ? process.cwd() : dirname(site.file)) !== undefined
  const hint = configured
    ? ''
    : `           (\`petrel replay\` finds the scenario in a petrel.config.ts that lists it)\n`
  return (
    `${failure.scenario}: ${failure.violation.property} does not hold: ${failure.violation.summary}\n\n` +
    `${report}  here     PETREL_SEED=${seedText(failure.seed)} npx vitest run${file}\n${hint}`
  )
}
