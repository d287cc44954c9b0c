import { relative } from 'node:path'
import { corpusOutcome, type CorpusEntry, type CorpusOutcome } from '../../explore/corpus.ts'
import type { RunResult } from '../../explore/result.ts'
import { executeRun, fingerprintOf } from '../../explore/run.ts'
import { readToken, TokenError, type TokenContent } from '../../explore/token.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { corpusDocument, corpusList, corpusReport, entryLines, type KeptRun } from '../../reports/corpus.ts'
import { codeOf, findScenario, loadCatalogue, type Catalogue } from '../catalogue.ts'
import { addToCorpus, badLine, corpusPath, readCorpus, type CorpusLine } from '../corpus-file.ts'
import { ExitCode, worstExitCode } from '../exit-code.ts'
import { tokenOf } from '../failures.ts'
import { print, printJson, sendConsoleToStderr } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { styleFor } from '../terminal.ts'
import { openToken, type TokenRun } from '../token-run.ts'

export interface CorpusOptions {
  /** The corpus, where it is not the one of the project. */
  readonly file?: string
  readonly config?: string
  readonly json?: boolean
}

export interface CorpusAddOptions extends CorpusOptions {
  readonly why?: string
  readonly expect?: CorpusEntry['expect']
  readonly mostEvents?: number
}

/** Keeps the run of a token, as it is with the code of now; gives the exit code. */
export async function corpusAddCommand(given: string, options: CorpusAddOptions): Promise<number> {
  const run = await openToken(given, options.config)
  sendConsoleToStderr()
  const path = corpusPath(options.file, run.catalogue.configPath)
  const result = executeRun(run.scenario, run.content.plan, { wire: run.content.wire === true })
  const entry = entryOf(run, result, options)
  const done = addToCorpus(path, entry, (other) => other.scenario === entry.scenario && samePlan(run, other))
  if (options.json === true) printJson({ schema: 1, command: 'corpus', action: 'add', file: path, done, entry })
  else print([`${done}: ${path}`, ...entryLines(entry, styleFor(process.stdout))].join('\n'))
  return ExitCode.pass
}

function entryOf(
  { catalogue, scenario, content }: TokenRun,
  result: RunResult,
  options: CorpusAddOptions,
): CorpusEntry {
  const [violation] = result.violations
  const fingerprint = violation === undefined ? undefined : fingerprintOf(scenario.name, violation)
  if (options.expect === 'fails' && fingerprint === undefined)
    throw new UsageError(
      'no-failure',
      'This run does not fail, so it cannot be kept as one that does: --expect passes.',
    )
  const failure = violation === undefined ? 'passes' : `${violation.property}: ${violation.shape}`
  return {
    token: tokenOf(catalogue, scenario, { plan: content.plan, result, fingerprint, wire: content.wire }),
    scenario: scenario.name,
    why: options.why ?? failure,
    code: codeOf(catalogue, scenario),
    expect: options.expect ?? (fingerprint === undefined ? 'passes' : 'fails'),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(options.mostEvents === undefined ? {} : { mostEvents: options.mostEvents }),
  }
}

/** The code and the trace hash of two tokens may differ, and they name the same run all the same. */
function samePlan({ scenario, content }: TokenRun, other: CorpusEntry): boolean {
  try {
    return JSON.stringify(readToken(scenario, other.token).plan) === JSON.stringify(content.plan)
  } catch (error) {
    if (error instanceof TokenError) return false
    throw error
  }
}

/** Runs everything that is kept; gives the exit code: 1 where something fails that should not. */
export async function corpusRunCommand(options: CorpusOptions): Promise<number> {
  const catalogue = await loadCatalogue(options.config)
  sendConsoleToStderr()
  const path = corpusPath(options.file, catalogue.configPath)
  const lines = readCorpus(path)
  const progress = new ProgressLine()
  const runs = lines.map((line, index) => {
    progress.draw(() => `corpus: ${index} of ${lines.length} runs`)
    return keptRun(catalogue, path, line)
  })
  progress.clear()
  const code = worstExitCode(runs.map(({ outcome }) => EXIT_CODES[outcome]))
  if (options.json === true) printJson(corpusDocument(path, runs))
  else print(corpusReport(relative(process.cwd(), path), runs, styleFor(process.stdout), code))
  return code
}

const EXIT_CODES: { readonly [Outcome in CorpusOutcome]: number } = {
  'as expected': ExitCode.pass,
  fixed: ExitCode.pass,
  diverged: ExitCode.pass,
  fails: ExitCode.violated,
  'too long': ExitCode.violated,
  unknown: ExitCode.unknown,
  'not deterministic': ExitCode.diverged,
}

/** Runs one kept line again and judges it. Throws a UsageError with its number where it means nothing here. */
export function keptRun(catalogue: Catalogue, path: string, { line, entry }: CorpusLine): KeptRun {
  const { scenario, content } = opened(catalogue, path, line, entry)
  const result = executeRun(scenario, content.plan, { wire: content.wire === true })
  const otherCode = content.code !== codeOf(catalogue, scenario)
  return { line, entry, result, outcome: corpusOutcome(entry, content, result, otherCode) }
}

function opened(
  catalogue: Catalogue,
  path: string,
  line: number,
  { scenario: name, token }: CorpusEntry,
): Pick<TokenRun, 'scenario'> & { readonly content: TokenContent } {
  try {
    const scenario = findScenario(catalogue, name)
    return { scenario, content: readToken(scenario, token) }
  } catch (error) {
    if (error instanceof TokenError || error instanceof UsageError)
      throw badLine(path, line, error.message.replace(/\.$/, ''))
    throw error
  }
}

/** Shows what is kept. */
export async function corpusListCommand(options: CorpusOptions): Promise<number> {
  const path = corpusPath(options.file, options.config)
  const lines = readCorpus(path)
  if (options.json === true)
    printJson({ schema: 1, command: 'corpus', action: 'list', file: path, entries: lines.map(({ entry }) => entry) })
  else if (lines.length === 0) print(`nothing is kept in ${path}; petrel corpus add TOKEN keeps a run`)
  else print(corpusList(relative(process.cwd(), path), lines, styleFor(process.stdout)))
  return ExitCode.pass
}
