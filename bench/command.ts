import { type Benchmark, benchmarks } from './index.ts'
import { UsageError } from '../explore/usage-error.ts'
import { benchDocument, type Figure } from '../reports/json.ts'
import { significant } from '../reports/words.ts'
import { ExitCode } from '../runtime/exit-code.ts'
import { checkOutputFile, writeReport } from '../runtime/output-file.ts'
import { print, printJson } from '../runtime/output.ts'
import { unknownName } from '../runtime/suggest.ts'
import { petrelVersion } from '../runtime/version.ts'

export interface BenchOptions {
  readonly only?: string
  readonly histories?: string
  readonly json?: boolean
  /** Where a page with the charts of the figures goes. */
  readonly html?: string
}

/** Measures, and prints each figure as it comes. */
export async function benchCommand({ only, histories, json, html }: BenchOptions): Promise<number> {
  checkOutputFile(html, '--html')
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
  if (html !== undefined && !chosen.some(({ isDrawn }) => isDrawn === true)) {
    throw new UsageError('no-charts', `--html draws ${drawnNames(all)}, and none of these is measured.`)
  }
  const figures: Figure[] = []
  for (const { run } of chosen) {
    const own = await run()
    figures.push(...own)
    if (json !== true) for (const figure of own) print(line(figure))
  }
  if (html !== undefined) writeReport('--html', html, await pageOf(figures))
  if (json === true) printJson(benchDocument(figures))
  return ExitCode.pass
}

function drawnNames(all: readonly Benchmark[]): string {
  return all.flatMap(({ name, isDrawn }) => (isDrawn === true ? [name] : [])).join(', ')
}

async function pageOf(figures: readonly Figure[]): Promise<string> {
  const { chartPage } = await import('../reports/chart-page.ts')
  const { chartsOf } = await import('./charts.ts')
  return chartPage(
    'What was measured of the hash tables',
    `petrel ${petrelVersion()} bench. These are counts, the same on every machine.`,
    chartsOf(figures),
  )
}

function line({ name, value, unit }: Figure): string {
  return `${name.padEnd(24)} ${significant(value).padStart(12)} ${unit}`
}
