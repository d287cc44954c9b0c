import { type Command, Option } from 'commander'
import { STRATEGY_NAMES } from '../../explore/strategies/names.ts'
import { parseCount, parseDuration, parseNemesis, parseSeed } from '../arguments.ts'

type End = (code: Promise<number>) => Promise<void>

const HOUR_MS = 3_600_000

/** Adds the command with its options; `end` gets the exit code. */
export function addChaos(program: Command, end: End): void {
  program
    .command('chaos')
    .description('the workload, faults and checks of a scenario against real processes')
    .argument('[scenario]', 'its name; the first of petrel.config.ts unless given, or raft-kv')
    .option('--seed <seed>', 'the first run: the plan is that of petrel run with this seed', parseSeed)
    .option('--runs <count>', 'so many runs, of consecutive seeds (default: 1)', parseCount('--runs', 1, 1_000_000))
    .option('--time-limit <time>', 'as many runs as fit into it: 60s, 5m', parseDuration('--time-limit', 168 * HOUR_MS))
    .option('--bail', 'end with the first failure')
    .option('--nemesis <kinds>', 'only these kinds of faults: partition,kill', parseNemesis)
    .addOption(
      new Option('--strategy <name>', 'how faults are chosen, as in petrel run')
        .choices(STRATEGY_NAMES)
        .default('cycles'),
    )
    .option('--nodes <count>', 'servers', parseCount('--nodes', 1, 100))
    .option('--clients <count>', 'clients (default: ten times those of the scenario)', parseCount('--clients', 1, 1000))
    .option(
      '--operations <count>',
      'operations of a run (default: four times those of the scenario)',
      parseCount('--operations', 0, 1_000_000),
    )
    .option('--duration <time>', 'of a run: 10s', parseDuration('--duration', 24 * HOUR_MS))
    .option('--bug <id>', 'plant a bug, or a control, that petrel list names')
    .option('--expect-fail', 'exit 0 where a failure is found, 1 where none is')
    .option('--directory <folder>', 'keep all histories here')
    .option('--record <folder>', 'record the servers here, run by run, for petrel replay')
    .option('--keep', 'keep the data of the nodes as well')
    .addOption(new Option('--config <file>', 'a configuration instead of the nearest petrel.config.ts'))
    .option('--json', 'one JSON document and nothing else')
    .action(async (scenario, options) => end((await import('./chaos.ts')).chaosCommand(scenario, options)))
}
