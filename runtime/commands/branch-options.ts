import { type Command, Option } from 'commander'
import { parseCount, parseDuration, parseNemesis, parseSeed } from '../arguments.ts'
import { UsageError } from '../../explore/usage-error.ts'
import type { FaultKind } from '../../sim/faults.ts'
import type { Millis } from '../../sim/machine.ts'
import { type BranchPoint, parseBranchPoint } from '../recording/branch/branch-point.ts'

/** What `petrel replay DIR --branch` is asked for. */
export interface BranchOptions {
  readonly branch: BranchPoint
  readonly scenario?: string
  readonly seed?: number
  readonly runs?: number
  readonly for?: Millis
  readonly clients?: number
  readonly operations?: number
  readonly nemesis?: readonly FaultKind[]
  readonly shrink?: boolean
  readonly full?: boolean
  readonly machines?: string
  readonly config?: string
  readonly json?: boolean
}

const HOUR_MS = 3_600_000

/** What a recording that goes on in simulation may be told, beside what `replay` is told anyway. */
export function addBranchOptions(replay: Command): Command {
  const option = (flags: string, about: string): Option => new Option(flags, `with --branch: ${about}`)
  return replay
    .addOption(
      new Option(
        '--branch <point>',
        'for a recording: go on from there in simulation; an event, 12.5s, a date and time, or end',
      ).argParser(parseBranchPoint),
    )
    .addOption(
      option('--scenario <name>', 'whose clients, faults and properties (default: that of the recorded system)'),
    )
    .addOption(option('--seed <seed>', 'the first seed (default: 1); alone, the only one').argParser(parseSeed))
    .addOption(option('--runs <count>', 'how many seeds (default: 20)').argParser(parseCount('--runs', 1, 1e9)))
    .addOption(option('--for <time>', 'virtual time of a run: 10s').argParser(parseDuration('--for', 24 * HOUR_MS)))
    .addOption(option('--clients <count>', 'clients').argParser(parseCount('--clients', 1, 1000)))
    .addOption(
      option('--operations <count>', 'operations of all clients together').argParser(
        parseCount('--operations', 0, 1_000_000),
      ),
    )
    .addOption(option('--nemesis <kinds>', 'only these kinds of faults: partition,kill').argParser(parseNemesis))
    .addOption(option('--no-shrink', 'leave failures as they were found'))
}

const ONLY_WITH_BRANCH = ['scenario', 'seed', 'runs', 'for', 'clients', 'operations', 'nemesis'] as const
const NOT_WITH_BRANCH = ['at', 'save', 'reporter'] as const

type Given = Partial<BranchOptions> & { readonly [Name in (typeof NOT_WITH_BRANCH)[number]]?: unknown }

/** Whether a recording is to go on. Throws a UsageError for options that only make sense in the other case. */
export function isBranch<Options extends Given>(options: Options): options is Options & BranchOptions {
  const { branch } = options
  if (branch !== undefined) {
    const foreign = NOT_WITH_BRANCH.find((name) => options[name] !== undefined)
    if (foreign === undefined) return true
    throw new UsageError('not-with-branch', `--${foreign} does not go with --branch, which takes --full and --json.`)
  }
  const lonely = ONLY_WITH_BRANCH.find((name) => options[name] !== undefined)
  if (lonely === undefined) return false
  throw new UsageError(
    'needs-branch',
    `--${lonely} goes with --branch POINT, which lets a recording go on; a token and a plain replay have their own.`,
  )
}
