import type { HistoryFormat } from '../checks/formats/parse.ts'
import type { Subject } from '../checks/formats/subject.ts'
import type { History } from '../checks/history.ts'
import type { TransactionVerdict } from '../checks/transactions/check-transactions.ts'
import type { Verdict, VerdictName } from '../checks/verdict.ts'

/** A history out of a file, and what was found. */
export interface CheckedFile {
  readonly name: string
  readonly subject: Subject
  readonly format: HistoryFormat
  /** False where the file has no times. */
  readonly timed: boolean
  readonly history: History
  readonly verdict: Verdict
  /** Of the judging alone. */
  readonly wallMs: number
}

/** One document for all files: what stands for all of them, then each with its evidence. */
export function checkDocument(checked: readonly CheckedFile[]) {
  const entries = checked.map(fileEntry)
  const sum = (field: 'operations' | 'steps' | 'wallMs') => entries.reduce((total, entry) => total + entry[field], 0)
  const core = checked.length === 1 ? entries[0]!.core : undefined
  return {
    schema: 1,
    command: 'check',
    model: checked[0]?.subject.name,
    verdict: worst(checked),
    operations: sum('operations'),
    steps: sum('steps'),
    wallMs: sum('wallMs'),
    ...(core === undefined ? {} : { core }),
    files: entries,
  } as const
}

/** One that is violated condemns all. */
export function worst(checked: readonly CheckedFile[]): VerdictName {
  const found = new Set(checked.map(({ verdict }) => verdict.verdict))
  return found.has('violated') ? 'violated' : found.has('unknown') ? 'unknown' : 'ok'
}

function fileEntry({ name, format, history, verdict, wallMs, subject }: CheckedFile) {
  const { verdict: word, ...evidence } = verdict
  const first = verdict.verdict === 'violated' ? verdict.violations[0] : undefined
  const byId = new Map(history.map((operation) => [operation.id, operation]))
  return {
    file: name,
    format,
    verdict: word,
    operations: history.length,
    wallMs,
    ...evidence,
    ...('anomalies' in verdict ? { anomalies: anomalyEntries(verdict as TransactionVerdict) } : {}),
    ...(first === undefined
      ? {}
      : {
          core: first.operations.flatMap((id) => {
            const operation = byId.get(id)
            return operation === undefined
              ? []
              : [{ ...operation, words: subject.describe(operation.input, operation.output) }]
          }),
        }),
  } as const
}

/** The violations of those that matter stand among all violations. */
function anomalyEntries({ anomalies }: TransactionVerdict) {
  return anomalies.map(({ name, count }) => ({ name, count }))
}
