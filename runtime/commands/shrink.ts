import { understood } from '../../explore/understand.ts'
import { executeRun, fingerprintOf } from '../../explore/run.ts'
import type { Failure, Shrunk } from '../../explore/result.ts'
import { shrinkFailure } from '../../explore/shrink.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { failureReport } from '../../reports/failure.ts'
import { shrinkDocument } from '../../reports/json.ts'
import { storyOf } from '../../reports/story.ts'
import { codeOf } from '../catalogue.ts'
import { ExitCode } from '../exit-code.ts'
import { tokenOf } from '../failures.ts'
import { print, printJson, sendConsoleToStderr, warn } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { styleFor } from '../terminal.ts'
import { tokenForPeople } from '../token-file.ts'
import { openToken, type TokenRun } from '../token-run.ts'
import { petrelVersion } from '../version.ts'

export interface ShrinkOptions {
  readonly config?: string
  readonly json?: boolean
}

/** Makes the failure of a token smaller; gives the exit code: 1 where there is one. */
export async function shrinkCommand(given: string, options: ShrinkOptions): Promise<number> {
  const run = await openToken(given, options.config)
  sendConsoleToStderr()
  if (run.otherCode)
    warn(
      `the token was made with code ${run.content.code}, this is ${codeOf(run.catalogue, run.scenario)}: shrinking what fails now.`,
    )
  const violation = executeRun(run.scenario, run.content.plan).violations[0]
  if (violation === undefined) {
    if (run.content.wire === true)
      throw new UsageError(
        'not-shrinkable',
        'Only the wire shows this failure, and shrinking passes messages by reference: `petrel replay TOKEN --full` shows it.',
      )
    warn('this run does not fail, so there is nothing to shrink; petrel replay TOKEN says more.')
    return ExitCode.pass
  }
  const fingerprint = fingerprintOf(run.scenario.name, violation)
  const startedMs = performance.now()
  const progress = new ProgressLine()
  const smaller = shrinkFailure(run.scenario, run.content.plan, fingerprint, {
    onProgress: (replays) => progress.draw(() => `shrinking: ${replays} replays`),
  })
  const shrunk = understood(run.scenario, smaller, fingerprint)
  progress.clear()
  const failure = failureOf(run, shrunk, fingerprint)
  const wallMs = Math.round(performance.now() - startedMs)
  if (options.json === true) printJson(shrinkDocument(failure, shrunk, wallMs))
  else {
    const context = { wallMs, codeHash: codeOf(run.catalogue, run.scenario), version: petrelVersion() }
    print(
      failureReport(storyOf({ ...failure, token: tokenForPeople(failure.token) }, context), styleFor(process.stdout)),
    )
  }
  return ExitCode.violated
}

function failureOf({ catalogue, scenario, content }: TokenRun, shrunk: Shrunk, fingerprint: string): Failure {
  return {
    scenario: scenario.name,
    seed: content.seed,
    run: 1,
    count: 1,
    fingerprint,
    shrunk,
    violation: shrunk.result.violations[0]!,
    settings: content.plan.settings,
    token: tokenOf(catalogue, scenario, { plan: shrunk.plan, result: shrunk.result, fingerprint }),
  }
}
