import { benchmarks } from './index.ts'
import { UsageError } from '../explore/usage-error.ts'
import { benchDocument, type Figure } from '../reports/json.ts'
import { significant } from '../reports/words.ts'
import { ExitCode } from '../runtime/exit-code.ts'
import { print, printJson } from '../runtime/output.ts'
import { unknownName } from '../runtime/suggest.ts'

export interface BenchOptions {
  readonly only?: string
  readonly histories?: string
  readonly json?: boolean
}

/** Measures, and prints each figure as it comes. */
export async function benchCommand({ only, histories, json }: BenchOptions): Promise<number> {
  const all = benchmarks(histories)
  const chosen = only === undefined ? all : all.filter(({ name }) => name.startsWith(only))
  if (chosen.length === 0) {
    if (only === 'linearizable')
      throw new UsageError(
        'no-histories',
        'The figures linearizable-* need recorded histories: give --histories FOLDER.',
      )
    unknownName(
      'figure',
      only!,
      all.map(({ name }) => name),
    )
  }
  const figures: Figure[] = []
  for (const { run } of chosen) {
    const own = await run()
    figures.push(...own)
    if (json !== true) for (const figure of own) print(line(figure))
  }
  if (json === true) printJson(benchDocument(figures))
  return ExitCode.pass
}

function line({ name, value, unit }: Figure): string {
  return `${name.padEnd(24)} ${significant(value).padStart(12)} ${unit}`
}
