import { isAbsolute, relative } from 'node:path'
import type { HistoryFormat } from '../../checks/formats/parse.ts'
import { FormatError } from '../../checks/formats/lines.ts'
import { HistoryError } from '../../checks/history-error.ts'
import type { Subject } from '../../checks/formats/subject.ts'
import { subjects } from '../../checks/formats/subjects.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { checkDocument, type CheckedFile } from '../../reports/check-document.ts'
import { checkJunitDocument } from '../../reports/check-junit.ts'
import { checkReport } from '../../reports/check-report.ts'
import { timelineDocument } from '../../reports/timeline/document.ts'
import type { Style } from '../../reports/style.ts'
import { checkOutputFile, writeReport } from '../output-file.ts'
import { ExitCode, worstExitCode } from '../exit-code.ts'
import { plainJson } from '../plain-json.ts'
import { unknownName } from '../suggest.ts'
import { compactJson } from './compact-json.ts'
import { readHistoryFile } from './history-file.ts'

/** What `petrel check` was asked for. */
export interface CheckOptions {
  readonly model: string
  readonly format?: HistoryFormat
  readonly budget?: number
  readonly consistency?: string
  readonly json?: boolean
  readonly reporter?: 'terminal' | 'json' | 'junit'
  readonly outputFile?: string
  /** Where a page with all operations goes. */
  readonly html?: string
}

/** What is printed, and the exit code. */
export interface CheckOutcome {
  readonly text: string
  readonly code: number
}

/** Reads, judges and reports on each file. A file that is no history stops it before anything is reported. */
export async function checkFiles(paths: readonly string[], options: CheckOptions, style: Style): Promise<CheckOutcome> {
  const subject = subjectOf(options.model)
  checkOutputFile(options.html, '--html')
  checkOutputFile(options.outputFile)
  const checked: CheckedFile[] = []
  for (const path of paths) checked.push(await checkFile(path, subject, options))
  if (options.html !== undefined) writeReport('--html', options.html, timelineDocument(checked))
  const code = worstExitCode(checked.map(({ verdict }) => codeOf(verdict.verdict)))
  const reporter = options.json === true ? 'json' : (options.reporter ?? 'terminal')
  if (options.outputFile === undefined) return { text: rendered(reporter, checked, style), code }
  writeReport('--output-file', options.outputFile, rendered(reporter, checked, { colour: 0, unicode: true }))
  return { text: rendered(options.json === true ? 'json' : 'terminal', checked, style), code }
}

function rendered(reporter: 'terminal' | 'json' | 'junit', checked: readonly CheckedFile[], style: Style): string {
  if (reporter === 'junit') return checkJunitDocument(checked)
  return reporter === 'json' ? compactJson(plainJson(checkDocument(checked))) : checkReport(checked, style)
}

function subjectOf(name: string): Subject {
  return (
    subjects.find((subject) => subject.name === name) ??
    unknownName(
      'model',
      name,
      subjects.map((one) => one.name),
    )
  )
}

/** As the subject calls it. */
function consistencyOf(subject: Subject, name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const found = subject.consistency?.(name) ?? subject.consistencies.find((known) => known === name)
  return found ?? unknownName('consistency', name, subject.consistencies, { owner: `The model ${subject.name}` })
}

async function checkFile(path: string, subject: Subject, options: CheckOptions): Promise<CheckedFile> {
  const consistency = consistencyOf(subject, options.consistency)
  const { name, format, recording } = await readHistoryFile(path, options.format)
  const { timed, lines } = recording
  const history = accepted(name, lines, () => subject.read(recording))
  const startedMs = performance.now()
  const verdict = accepted(name, lines, () => subject.judge(history, { budgetSteps: options.budget, consistency }))
  const wallMs = Math.round(performance.now() - startedMs)
  return { name: shortest(name), subject, format, timed, history, verdict, wallMs }
}

/** Says of what a judge can't take where it stands in the file. */
function accepted<Result>(name: string, lines: readonly number[], work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof FormatError) throw new UsageError('bad-history', `${name}, ${error.message}.`)
    if (error instanceof HistoryError) {
      const line = lines[error.operation]
      throw new UsageError('bad-history', `${name}, line ${line}: ${error.expected}.`)
    }
    throw error
  }
}

function codeOf(verdict: 'ok' | 'violated' | 'unknown'): number {
  return verdict === 'ok' ? ExitCode.pass : verdict === 'violated' ? ExitCode.violated : ExitCode.unknown
}

/** A path from here, where that is shorter. */
function shortest(path: string): string {
  const fromHere = relative('.', path)
  return isAbsolute(path) && fromHere.length < path.length ? fromHere : path
}
