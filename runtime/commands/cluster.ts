import { Argument, type Command, Option } from 'commander'
import { MOST_TOKENS } from '../../nodes/dht/member.ts'
import { parseCount, parseDuration, parseNames } from '../arguments.ts'

type End = (code: Promise<number>) => Promise<void>

const directoryOption = () =>
  new Option('--directory <folder>', 'where configuration and data are (default: petrel-data/SYSTEM)')
const basePortOption = () =>
  new Option('--base-port <number>', 'port of the first server of a host; the others follow').argParser(
    parseCount('--base-port', 1, 65_535),
  )
const tokensOption = () =>
  new Option('--tokens <count>', 'dht-kv: how many virtual nodes a node is (default: 2)').argParser(
    parseCount('--tokens', 1, MOST_TOKENS),
  )
const replicasOption = () =>
  new Option('--replicas <count>', 'dht-kv: how many nodes keep each key (default: 3)').argParser(
    parseCount('--replicas', 1, 16),
  )
const systemArgument = () => new Argument('<system>', 'raft-kv or dht-kv')
const bugOption = () => new Option('--bug <id>', 'plant a bug in the servers, that petrel list names')
const recordOption = () =>
  new Option('--record <folder>', 'keep what each server is told and says, for petrel replay <folder>')

/** The commands that run a system as real processes. */
export function addCluster(program: Command, end: End): void {
  program
    .command('setup')
    .description('write the configuration of a system, and the disks that its servers begin with')
    .addArgument(systemArgument())
    .option('--servers <count>', 'how many servers (default: 5; dht-kv: 3)', parseCount('--servers', 1, 64))
    .option('--clients <count>', 'how many clients (default: 3)', parseCount('--clients', 0, 1_000))
    .addOption(directoryOption())
    .option('--host <names>', 'hosts that the servers are spread over: 10.0.0.1,10.0.0.2', parseNames('--host'))
    .addOption(basePortOption())
    .addOption(
      new Option('--addresses <file>', 'a line a server instead: n1 10.0.0.1:7001').conflicts([
        'servers',
        'host',
        'basePort',
      ]),
    )
    .addOption(tokensOption())
    .addOption(replicasOption())
    .option('--force', 'write the configuration anew; data stays as it is')
    .option('--json', 'one JSON document and nothing else')
    .action(async (system, options) => end((await import('./setup.ts')).setupCommand(system, options)))
  program
    .command('up')
    .description('a system as processes of this machine, until interrupted')
    .addArgument(systemArgument())
    .option(
      '--nodes <count>',
      'servers, where it is not set up yet (default: 5; dht-kv: 3)',
      parseCount('--nodes', 1, 64),
    )
    .addOption(directoryOption())
    .addOption(basePortOption())
    .addOption(tokensOption())
    .addOption(replicasOption())
    .option('--no-restart', 'a server that ends stays down')
    .addOption(bugOption())
    .addOption(recordOption())
    .option('--verbose', 'the logs of the servers on standard error')
    .action(async (system, options) => end((await import('./up.ts')).upCommand(system, options)))
  program
    .command('node')
    .description('one server of a system in this process')
    .addArgument(systemArgument())
    .argument('[id]', 'the name of the server: n1; a node of dht-kv can do without one')
    .addOption(directoryOption())
    .option('--port <number>', 'dht-kv: where it listens (default: 8080)', parseCount('--port', 1, 65_535))
    .option('--host <url>', 'dht-kv: where others reach it (default: http://127.0.0.1:PORT)')
    .option('--listen <addresses>', 'dht-kv: where it listens, if not where it is reached', parseNames('--listen'))
    .option('--seeds <urls>', 'dht-kv: nodes that are known to all; without any it is the first', parseNames('--seeds'))
    .addOption(tokensOption())
    .addOption(replicasOption())
    .option('--parameters <file>', 'dht-kv: a file of parameters, as set-up writes them')
    .option('--data <folder>', 'dht-kv: where its disk is (default: petrel-data/dht-kv/PORT)')
    .option(
      '--metrics <port>',
      'serve /metrics and /healthz at a port of the loopback interface',
      parseCount('--metrics', 0, 65_535),
    )
    .addOption(bugOption())
    .addOption(recordOption())
    .action(async (system, id, options) => end((await import('./node.ts')).nodeCommand(system, id, options)))
  program
    .command('client')
    .description('ask a system that is up: one request, or, without words, one after the other')
    .argument('<system>', 'raft-kv')
    .argument('[words...]', 'get KEY, set KEY VALUE, add KEY VALUE, cas KEY OLD NEW, delete KEY, leader or status')
    .addOption(directoryOption())
    .option('--name <client>', 'whose configuration it takes', 'c1')
    .option(
      '--timeout <time>',
      'how long a request may take (default: TIME_TO_RETRY)',
      parseDuration('--timeout', 3_600_000),
    )
    .option('--json', 'one JSON document and nothing else')
    .addOption(
      new Option(
        '--http <port>',
        'serve a page, and requests by HTTP, at a port of the loopback interface or an address',
      ).conflicts('json'),
    )
    .action(async (system, words, options) => end((await import('./client.ts')).clientCommand(system, words, options)))
}
