import { plantedIds, systemOf } from '../../explore/planted.ts'
import { listDocument } from '../../reports/json.ts'
import { COLUMNS, colours } from '../../reports/style.ts'
import { wrap } from '../../reports/text.ts'
import type { Scenario } from '../../explore/scenario.ts'
import type { ChalkInstance } from 'chalk'
import { loadCatalogue } from '../catalogue.ts'
import { print, printJson } from '../output.ts'
import { styleFor } from '../terminal.ts'

/** Scenarios, their planted bugs and controls. */
export async function listCommand(options: { readonly config?: string; readonly json?: boolean }): Promise<number> {
  const { scenarios } = await loadCatalogue(options.config)
  if (options.json === true) printJson(listDocument(scenarios))
  else print(scenarios.map((scenario) => entry(scenario, colours(styleFor(process.stdout)))).join('\n'))
  return 0
}

function entry(scenario: Scenario, colour: ChalkInstance): string {
  const { name, about, defaults, bugs = [], controls = [] } = scenario
  const { nodes, clients, operations, durationMs } = defaults
  const size = `${nodes} nodes, ${clients} clients, ${operations} operations, ${durationMs / 1000} virtual seconds a run`
  const width = Math.max(5, ...plantedIds(scenario).map((id) => id.length))
  const line = (id: string, words: string) => wrap(`    ${id.padEnd(width)} ${words}`, COLUMNS, width + 5)
  const planted = bugs.flatMap(({ id, about: change, rarity }) => line(id, `${change} (${rarity})`))
  const harmless = controls.flatMap(({ id, about: change }) => line(id, change))
  return [
    colour.bold(name),
    ...wrap(`  ${about}`, COLUMNS, 2),
    `  ${size}`,
    ...(planted.length === 0
      ? []
      : [`  planted bugs of ${systemOf(scenario)}, for petrel run ${name} --bug ID:`, ...planted]),
    ...(harmless.length === 0
      ? []
      : ['  controls, which look like bugs and on which nothing may be reported:', ...harmless]),
    '',
  ].join('\n')
}
