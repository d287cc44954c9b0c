import { listDocument } from '../../reports/json.ts'
import { COLUMNS, colours } from '../../reports/style.ts'
import { wrap } from '../../reports/text.ts'
import type { Scenario } from '../../explore/scenario.ts'
import type { ChalkInstance } from 'chalk'
import { loadCatalogue } from '../catalogue.ts'
import { print, printJson } from '../output.ts'
import { styleFor } from '../terminal.ts'

/** Scenarios and their planted bugs. */
export async function listCommand(options: { readonly config?: string; readonly json?: boolean }): Promise<number> {
  const { scenarios } = await loadCatalogue(options.config)
  if (options.json === true) printJson(listDocument(scenarios))
  else print(scenarios.map((scenario) => entry(scenario, colours(styleFor(process.stdout)))).join('\n'))
  return 0
}

function entry({ name, about, defaults, bugs = [] }: Scenario, colour: ChalkInstance): string {
  const { nodes, clients, operations, durationMs } = defaults
  const size = `${nodes} nodes, ${clients} clients, ${operations} operations, ${durationMs / 1000} virtual seconds a run`
  const width = Math.max(5, ...bugs.map(({ id }) => id.length))
  const planted = bugs.flatMap(({ id, about: change, rarity }) =>
    wrap(`    ${id.padEnd(width)} ${change} (${rarity})`, COLUMNS, width + 5),
  )
  return [
    colour.bold(name),
    ...wrap(`  ${about}`, COLUMNS, 2),
    `  ${size}`,
    ...(planted.length === 0 ? [] : [`  planted bugs, for petrel run ${name} --bug ID:`, ...planted]),
    '',
  ].join('\n')
}
