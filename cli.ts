#!/usr/bin/env node
/** The `petrel` command. Each command loads its code only when it is called, so that the small ones start fast. */
import { Command, CommanderError, Option } from 'commander'
import { LARGEST_FIRST_SEED, MOST_TRIALS } from './explore/mutants.ts'
import { ORACLES } from './explore/trial.ts'
import { UsageError } from './explore/usage-error.ts'
import { STRATEGY_NAMES } from './explore/strategies/names.ts'
import {
  parseCount,
  parseDuration,
  parseNames,
  parseNemesis,
  parseSeed,
  parseSeedUpTo,
  parseShard,
} from './runtime/arguments.ts'
import { addBranchOptions } from './runtime/commands/branch-options.ts'
import { addChaos } from './runtime/commands/chaos-options.ts'
import { addCluster } from './runtime/commands/cluster.ts'
import { ExitCode } from './runtime/exit-code.ts'
import { systemRefusal } from './runtime/system-refusal.ts'
import { UnavailableError } from './runtime/unavailable-error.ts'
import { petrelVersion } from './runtime/version.ts'

const HOUR_MS = 3_600_000
const BUG_REPORT = 'This is a bug of petrel, or of a scenario; PETREL_STACK=1 shows where.'

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read our output has seen enough.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? ExitCode.pass)
  process.stderr.write(`petrel: the output can't be written: ${error.message}.\n`)
  process.exit(ExitCode.internal)
})
process.on('uncaughtException', (error) => {
  fail(error)
  process.exit()
})

/** Options that several commands share. */
const configOption = () =>
  new Option('--config <file>', 'a configuration, or a file with one scenario, instead of the nearest petrel.config.ts')
const jsonOption = () => new Option('--json', 'one JSON document and nothing else')

function build(): Command {
  const program = new Command('petrel')
    .description('Deterministic simulation testing for distributed systems written in TypeScript.')
    .version(petrelVersion(), '-v, --version')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'petrel: ')) })
    .showHelpAfterError('See petrel --help.')
    .addHelpText(
      'after',
      '\nExit codes: 0 pass, 1 violated, 2 unknown, 3 not deterministic or diverged, 64 usage, 69 unavailable,\n70 internal, 130 interrupted.',
    )
  addRun(program)
  addMerge(program)
  addFleet(program)
  addReplay(program)
  addMutants(program)
  program
    .command('list')
    .description('scenarios, their planted bugs and controls')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => end((await import('./runtime/commands/list.ts')).listCommand(options)))
  program
    .command('shrink')
    .description('make a failure smaller; run does it by itself')
    .argument('<token>', 'a token, or a file with one')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (token, options) => end((await import('./runtime/commands/shrink.ts')).shrinkCommand(token, options)))
  addExplore(program)
  addCorpus(program)
  addDiff(program)
  addCheck(program)
  addCluster(program, end)
  addChaos(program, end)
  program
    .command('bench')
    .description('the figures of docs/performance.md')
    .addOption(jsonOption())
    .option('--only <name>', 'one figure, or all whose names begin so')
    .option('--histories <folder>', 'recorded histories, for the figures linearizable-*')
    .option('--html <file>', 'draw the figures of the hash tables as a page with charts')
    .action(async (options) => end((await import('./bench/command.ts')).benchCommand(options)))
  program
    .command('init')
    .description('a first scenario and its test in your project')
    .argument('[folder]', 'the project', '.')
    .addOption(jsonOption())
    .action(async (folder, options) => end((await import('./runtime/commands/init.ts')).initCommand(folder, options)))
  return program
}

function addRun(program: Command): void {
  const run = program
    .command('run')
    .description('run scenarios with many seeds, and report what fails')
    .argument('[scenario...]', 'names; those of petrel.config.ts unless given, or raft-kv')
    .option('--shard <part>', 'one part of the runs: 2/16', parseShard)
    .option('--jobs <count>', 'cores to use (default: all)', parseCount('--jobs', 1, 256))
    .action(async (scenarios, options) => {
      const { exhaustiveCommand, refuseBounds } = await import('./runtime/commands/exhaustive.ts')
      if (options.exhaustive === true) return end(exhaustiveCommand(scenarios, options))
      refuseBounds(options)
      return end((await import('./runtime/commands/run.ts')).runCommand(scenarios, options))
    })
  sweeping(run)
  reported(run)
  exhaustive(run)
}

/** All behaviours of a small world, in place of the runs of seeds. */
function exhaustive(run: Command): void {
  const bound = (flags: string, about: string, most = 1_000_000_000): Option =>
    new Option(flags, `with --exhaustive: ${about}`).argParser(parseCount(flags.split(' ')[0]!, 0, most))
  run
    .addOption(
      new Option('--exhaustive', 'explore every behaviour of a small world in place of running seeds').conflicts([
        'runs',
        'timeLimit',
        'shard',
        'jobs',
        'bail',
        'verify',
        'nemesis',
        'wire',
        'reporter',
        'outputFile',
      ]),
    )
    .addOption(bound('--depth <steps>', 'steps from the start (default: 10)'))
    .addOption(bound('--max-states <count>', 'give up beyond so many states (default: 1000000)', 1e8))
    .addOption(bound('--timeouts <count>', 'how often the timers of a node fire (default: 1)'))
    .addOption(
      new Option('--timers <names>', 'with --exhaustive: only these fire').argParser((text) => text.split(',')),
    )
    .addOption(bound('--drops <count>', 'datagrams that may be lost (default: 0)'))
    .addOption(bound('--duplicates <count>', 'datagrams that may arrive twice (default: 0)'))
    .addOption(bound('--kills <count>', 'processes that may be killed (default: 0)'))
    .addOption(bound('--power-losses <count>', 'servers that may lose their power (default: 0)'))
    .addOption(
      new Option('--network <kind>', 'with --exhaustive: how datagrams travel (default: unordered)').choices([
        'unordered',
        'duplicating',
        'ordered',
      ]),
    )
    .addOption(
      new Option('--syncs <kind>', 'with --exhaustive: whether a crash may come before a sync is over').choices([
        'immediate',
        'pending',
      ]),
    )
    .option('--symmetry', 'with --exhaustive: servers are interchangeable')
    .option('--partial-order', 'with --exhaustive: of orders that make no difference, take one')
}

function addMerge(program: Command): void {
  const merge = program
    .command('merge')
    .description('the shards of a sweep as the one outcome that they are')
    .argument('<file...>', 'what petrel run --runs N --shard 1/4 --json printed, of each shard')
    .option('--jobs <count>', 'cores to shrink with (default: all)', parseCount('--jobs', 1, 256))
    .action(async (files, options) => end((await import('./runtime/commands/merge.ts')).mergeCommand(files, options)))
  reported(merge)
}

function addFleet(program: Command): void {
  const fleet = program.command('fleet').description('sweeps on many machines, over BullMQ on Redis')
  const redis = ['--redis <url>', 'where Redis is, such as redis://127.0.0.1:6379 (default: PETREL_REDIS_URL)'] as const
  const patience = new Option('--patience <time>', 'how long to wait for a Redis that was lost')
    .argParser(parseDuration('--patience', HOUR_MS))
    .default(30_000, '30s')
  const run = fleet
    .command('run')
    .description('as petrel run, by the workers there are')
    .argument('[scenario...]', 'names; those of petrel.config.ts unless given, or raft-kv')
    .option(...redis)
    .option('--chunk <count>', 'seeds that a worker takes at a time', parseCount('--chunk', 1, 100_000))
    .addOption(
      new Option('--lost-after <time>', 'take a worker that says nothing for so long for dead')
        .argParser(parseDuration('--lost-after', HOUR_MS))
        .default(30_000, '30s'),
    )
    .addOption(patience)
    .action(async (scenarios, options) =>
      end((await import('./runtime/commands/fleet.ts')).fleetRunCommand(scenarios, options)),
    )
  sweeping(run)
  reported(run)
  fleet
    .command('work')
    .description('work for the runs there are, until interrupted')
    .option(...redis)
    .option('--jobs <count>', 'cores to use (default: all)', parseCount('--jobs', 1, 256))
    .addOption(patience)
    .addOption(configOption())
    .action(async (options) => end((await import('./runtime/commands/fleet.ts')).fleetWorkCommand(options)))
}

/** What a sweep runs. */
function sweeping(command: Command): void {
  command
    .option('--runs <count>', 'how many seeds (default: 1000)', parseCount('--runs', 1, 1e9))
    .option('--seed <seed>', 'the first seed (default: 1); alone, the only one: 42, 0x5eed1f or a git hash', parseSeed)
    .option('--time-limit <time>', 'as many runs as fit into it: 60s, 5m', parseDuration('--time-limit', 168 * HOUR_MS))
    .option('--bail', 'end with the first failure')
    .option('--verify', 'run each seed twice, the second time in a fresh worker, and compare')
    .option('--nemesis <kinds>', 'only these kinds of faults: partition,kill', parseNemesis)
    .addOption(new Option('--strategy <name>', 'how faults are chosen').choices(STRATEGY_NAMES).default('default'))
    .option('--nodes <count>', 'servers', parseCount('--nodes', 1, 1000))
    .option('--clients <count>', 'clients', parseCount('--clients', 1, 1000))
    .option('--operations <count>', 'operations of all clients together', parseCount('--operations', 0, 1_000_000))
    .option('--duration <time>', 'virtual time of a run: 10s', parseDuration('--duration', 24 * HOUR_MS))
    .option('--bug <id>', 'plant a bug, or a control, that petrel list names')
    .option('--wire', 'send each message through its codec')
}

/** What a sweep's failures mean and how they are told. */
function reported(command: Command): void {
  command
    .option('--expect-fail', 'exit 0 where a failure is found, 1 where none is')
    .option('--no-shrink', 'leave failures as they were found')
    .addOption(
      new Option('--reporter <form>', 'what to print')
        .choices(['terminal', 'json', 'junit', 'github', 'mermaid'])
        .conflicts('json'),
    )
    .option('--output-file <file>', 'where the report goes; a summary is printed then')
    .addOption(configOption())
    .addOption(jsonOption())
}

function addReplay(program: Command): void {
  const replay = program
    .command('replay')
    .description('the same run again: 1 still violated, 0 gone, 3 diverged')
    .argument('<token>', 'a token, a file with one, or the folder of a recording that nodes made')
    .option('--machines <file>', 'for a recording: the module that makes its machines, where they are not ours')
    .option('--full', 'the whole trace')
    .option('--save <file>', 'keep the run in a file, from which a replay names the first event that differs')
    .option(
      '--at <event>',
      'stop when this event has happened, and print the state of each node',
      parseCount('--at', 1, 1e9),
    )
    .addOption(
      new Option('--reporter <form>', 'what to print').choices(['terminal', 'json', 'mermaid']).conflicts('json'),
    )
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (token, options) => end((await import('./runtime/commands/replay.ts')).replayCommand(token, options)))
  addBranchOptions(replay)
}

function addExplore(program: Command): void {
  program
    .command('explore')
    .description('fork a run at an event: new luck, or one thing done to it')
    .argument('<token>', 'a token, or a file with one')
    .requiredOption('--at <event>', 'the number of the event: all before it stays the same', parseCount('--at', 1, 1e9))
    .option('--reroll <count>', 'so many futures with new luck (default: 20)', parseCount('--reroll', 1, 1_000_000))
    .option('--drop', 'the message that is delivered there, or the next one, is lost')
    .option('--duplicate', 'it arrives twice')
    .option('--delay <time>', 'it arrives so much later: 50ms', parseDuration('--delay', HOUR_MS))
    .option('--crash <node>', 'the process of the node is killed, and back after 200 ms')
    .option('--power-loss <node>', 'the node loses its power and what was not synced')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (token, options) =>
      end((await import('./runtime/commands/explore.ts')).exploreCommand(token, options)),
    )
}

function addMutants(program: Command): void {
  program
    .command('mutants')
    .description('in how many runs the search finds each planted bug')
    .option('--system <name>', 'the planted bugs of one system: raft, dht or chord')
    .option('--bugs <ids>', 'only these bugs and controls: R14,R15', parseNames('--bugs'))
    .option('--searches <count>', 'independent searches a bug', parseCount('--searches', 1, MOST_TRIALS))
    .option('--budget <count>', 'runs that a search may take', parseCount('--budget', 1, 1e9))
    .addOption(new Option('--strategy <name>', 'how faults are chosen').choices(STRATEGY_NAMES).default('default'))
    .addOption(new Option('--baseline <name>', 'what it is compared to').choices(STRATEGY_NAMES).default('uniform'))
    .option('--no-baseline', 'compare it to nothing, in half the time')
    .addOption(new Option('--oracle <level>', 'who must notice').choices([...ORACLES]).default('both'))
    .option('--seed <seed>', 'the first seed (default: 1)', parseSeedUpTo('--seed', LARGEST_FIRST_SEED))
    .option('--jobs <count>', 'cores to use (default: all)', parseCount('--jobs', 1, 256))
    .option('--time-limit <time>', 'end by then with what there is', parseDuration('--time-limit', 168 * HOUR_MS))
    .option('--state <file>', 'keep what is measured in a file, and go on from what it holds')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => end((await import('./runtime/commands/mutants.ts')).mutantsCommand(options)))
}

function addCheck(program: Command): void {
  program
    .command('check')
    .description('judge histories that were recorded anywhere: 0 ok, 1 violated, 2 unknown')
    .argument('<file...>', 'histories, - for the standard input; they may be compressed by gzip')
    .requiredOption('--model <name>', 'what was used: register, cas-register, kv, queue, … (docs/check.md has all)')
    .addOption(
      new Option('--format <name>', 'what the files are like, unless their beginnings tell').choices([
        'jsonl',
        'edn',
        'text',
        'etcd',
      ]),
    )
    .option('--consistency <name>', 'what must hold, such as linearizable, or serializable of transactions')
    .option('--html <file>', 'write all operations as a page with bars, what conflicts marked')
    .option('--budget <steps>', 'steps that a verdict may take', parseCount('--budget', 1, 1e12))
    .addOption(
      new Option('--reporter <form>', 'what to print').choices(['terminal', 'json', 'junit']).conflicts('json'),
    )
    .option('--output-file <file>', 'where the report goes; a summary is printed then')
    .addOption(jsonOption())
    .action(async (files, options) => end((await import('./runtime/commands/check.ts')).checkCommand(files, options)))
}

function addDiff(program: Command): void {
  program
    .command('diff')
    .description('two runs: the first divergence, then what differs; 0 the same, 1 not')
    .argument('<token>', 'a token, or a file with one')
    .argument('[other]', 'another of the same scenario')
    .option('--seed <seed>', 'instead of another: the run of a seed with the same settings', parseSeed)
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (first, second, options) =>
      end((await import('./runtime/commands/diff.ts')).diffCommand(first, second, options)),
    )
}

function addCorpus(program: Command): void {
  const corpus = program.command('corpus').description('runs worth keeping, in a file that people commit')
  const fileOption = () =>
    new Option('--file <file>', 'the corpus, instead of petrel.corpus.jsonl beside the configuration')
  corpus
    .command('add')
    .description('keep the run of a token, with what it must do from now on')
    .argument('<token>', 'a token, or a file with one')
    .option('--why <text>', 'why it is kept')
    .addOption(new Option('--expect <verdict>', 'what it does now, unless given').choices(['passes', 'fails']))
    .option('--most-events <count>', 'more events than these are a failure', parseCount('--most-events', 1, 1e9))
    .addOption(fileOption())
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (token, options) =>
      end((await import('./runtime/commands/corpus.ts')).corpusAddCommand(token, options)),
    )
  corpus
    .command('run')
    .description('run everything that is kept: 1 where something fails that should not')
    .addOption(fileOption())
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => end((await import('./runtime/commands/corpus.ts')).corpusRunCommand(options)))
  corpus
    .command('list')
    .description('what is kept')
    .addOption(fileOption())
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => end((await import('./runtime/commands/corpus.ts')).corpusListCommand(options)))
}

/** The code is set, not exited with, so that what was printed reaches its reader. */
async function end(code: Promise<number>): Promise<void> {
  process.exitCode = await code
}

function exitCodeFor(error: unknown): number {
  if (error instanceof UsageError) return ExitCode.usage
  return error instanceof UnavailableError || systemRefusal(error) !== undefined
    ? ExitCode.unavailable
    : ExitCode.internal
}

function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? ExitCode.pass : ExitCode.usage
    return
  }
  const code = exitCodeFor(error)
  process.exitCode = code
  const message = systemRefusal(error) ?? (error instanceof Error ? error.message : String(error))
  process.stderr.write(`petrel: ${message}\n${code === ExitCode.internal ? `${BUG_REPORT}\n` : ''}`)
  if (process.env['PETREL_STACK'] && error instanceof Error) process.stderr.write(`${error.stack}\n`)
}

if (process.argv.length <= 2) build().outputHelp()
else await build().parseAsync().catch(fail)
