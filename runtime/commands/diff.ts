import { differenceOf, isSame, type ComparedRun } from '../../explore/difference.ts'
import { executeRun } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { differenceDocument, differenceReport } from '../../reports/difference.ts'
import { codeOf } from '../catalogue.ts'
import { ExitCode } from '../exit-code.ts'
import { tokenOf } from '../failures.ts'
import { print, printJson, sendConsoleToStderr, warn } from '../output.ts'
import { plainJson } from '../plain-json.ts'
import { styleFor } from '../terminal.ts'
import { openToken, type TokenRun } from '../token-run.ts'

export interface DiffOptions {
  /** The second run, where it is the one of a seed with the first one's settings. */
  readonly seed?: number
  readonly config?: string
  readonly json?: boolean
}

interface OpenRun extends ComparedRun {
  readonly token: string
}

/** Compares two runs; gives the exit code: 0 where they are the same, 1 where they differ. */
export async function diffCommand(first: string, second: string | undefined, options: DiffOptions): Promise<number> {
  if ((second === undefined) === (options.seed === undefined))
    throw new UsageError('two-runs', 'Give two runs: two tokens or files, or one and --seed for the run of a seed.')
  const one = await openToken(first, options.config)
  const other = second === undefined ? undefined : await openToken(second, options.config)
  if (other !== undefined && other.scenario.name !== one.scenario.name)
    throw new UsageError(
      'two-scenarios',
      `These are runs of ${one.scenario.name} and of ${other.scenario.name}: only runs of one scenario can be compared.`,
    )
  sendConsoleToStderr()
  for (const run of [one, ...(other === undefined ? [] : [other])]) warnOfOtherCode(run)
  const a = runOf(one)
  const b = other === undefined ? runOfSeed(one, options.seed!) : runOf(other)
  const difference = differenceOf(a, b)
  if (options.json === true)
    printJson(plainJson(differenceDocument(difference, { a: nameOf(a), b: nameOf(b) })) as object)
  else print(differenceReport(difference, { a: a.result.trace, b: b.result.trace }, styleFor(process.stdout)))
  return isSame(difference) ? ExitCode.pass : ExitCode.violated
}

function nameOf({ token, result }: OpenRun): { readonly token: string; readonly traceHash: string } {
  return { token, traceHash: result.traceHash }
}

function warnOfOtherCode({ content, otherCode, catalogue, scenario }: TokenRun): void {
  if (otherCode)
    warn(`a token was made with code ${content.code}, this is ${codeOf(catalogue, scenario)}: comparing what runs now.`)
}

const MODE = { trace: true, verify: true, nodesAtEnd: true } as const

function runOf({ scenario, content, token }: TokenRun): OpenRun {
  return {
    token,
    plan: content.plan,
    result: executeRun(scenario, content.plan, { ...MODE, wire: content.wire === true }),
  }
}

/** The whole run of a seed, as `petrel run` would do it with these settings. */
function runOfSeed({ scenario, catalogue, content }: TokenRun, seed: number): OpenRun {
  const plan = planRun(scenario, seed, content.plan.settings)
  const result = executeRun(scenario, plan, { ...MODE, wire: content.wire === true })
  return { token: tokenOf(catalogue, scenario, { plan, result, wire: content.wire }), plan, result }
}
