import { inspect } from 'node:util'
import { UsageError } from '../../explore/usage-error.ts'
import { dataWords, detailWords } from '../../reports/data.ts'
import { COLUMNS } from '../../reports/style.ts'
import { count, plural } from '../../reports/words.ts'
import type { Output } from '../host/input-tap.ts'
import { ExitCode } from '../exit-code.ts'
import { print, printJson, sendConsoleToStderr } from '../output.ts'
import { plainJson } from '../plain-json.ts'
import type { RecordedIncarnation } from '../recording/read-recording.ts'
import { recordedMachines } from '../recording/recorded-code.ts'
import type { ReplayedEvent } from '../recording/replay-node.ts'
import { handlerOf, replayRecording, type ReplayOutcome } from '../recording/replay-recording.ts'
import { wordsOf } from '../recording/script.ts'
import { styleFor } from '../terminal.ts'

/** What `petrel replay` was asked for, where it was given a recording. */
export interface ReplayRecordingOptions {
  readonly full?: boolean
  /** The number of an event among those of all nodes, from 1. */
  readonly at?: number
  readonly save?: string
  readonly reporter?: 'terminal' | 'json' | 'mermaid'
  /** The module that makes the machines, where they are not Petrel's own. */
  readonly machines?: string
  readonly config?: string
  readonly json?: boolean
}

/** Does again what nodes recorded, and says whether the same came of it; gives the exit code. */
export async function replayRecordingCommand(directory: string, options: ReplayRecordingOptions): Promise<number> {
  refuseTokenOptions(options)
  sendConsoleToStderr()
  const machines = await recordedMachines(options.machines, options.config)
  const json = options.json === true || options.reporter === 'json'
  const states = new Map<string, unknown>()
  let last: ReplayedEvent | undefined
  const outcome = replayRecording(directory, {
    ...machines,
    onEvent: (replayed, number, node) => {
      if (options.full === true && !json) print(rowOf(replayed, number))
      states.set(node.self, node.state)
      last = replayed
      return number !== options.at
    },
  })
  if (options.at !== undefined && outcome.divergence === undefined) {
    if (outcome.events < options.at)
      throw new UsageError(
        'out-of-range',
        `--at ${options.at}: the recording has only ${count(outcome.events)} events.`,
      )
    printStates(options.at, last!, states, json)
    return ExitCode.pass
  }
  if (json) printJson(documentOf(outcome))
  else for (const line of reportOf(outcome)) print(line)
  return outcome.divergence === undefined ? ExitCode.pass : ExitCode.diverged
}

function refuseTokenOptions({ save, reporter }: ReplayRecordingOptions): void {
  const option = save !== undefined ? '--save' : reporter === 'mermaid' ? '--reporter mermaid' : undefined
  if (option !== undefined)
    throw new UsageError(
      'not-for-recordings',
      `${option} is for tokens; a recording is replayed with --full, --at or --json.`,
    )
}

function printStates(at: number, last: ReplayedEvent, states: ReadonlyMap<string, unknown>, json: boolean): void {
  const nodes = [...states].sort(([a], [b]) => (a < b ? -1 : 1))
  if (json) {
    const plain = nodes.map(([id, state]) => ({ id, state: plainJson(state) }))
    printJson({ schema: 1, command: 'replay', at, wallClock: last.event.wallClock, nodes: plain })
    return
  }
  print(rowOf(last, at))
  const colors = styleFor(process.stdout).colour > 0
  for (const [id, state] of nodes)
    print(`${id} ${inspect(state, { depth: 6, colors, breakLength: COLUMNS, maxArrayLength: 20 })}`)
}

/** An event, a line: its number, its node and that one's clock in seconds, what came, and what came of it. */
function rowOf(replayed: ReplayedEvent, number: number): string {
  const { self, event, outputs } = replayed
  const seconds = (event.nowUs / 1e6).toFixed(3)
  const said = outputs.map(outputWords).join('; ')
  const row = `#${number} ${seconds.padStart(8)}  ${self}  ${handlerOf(replayed)}${said === '' ? '' : `: ${said}`}`
  return row.length > COLUMNS ? `${row.slice(0, COLUMNS - 2)}..` : row
}

function outputWords(output: Output): string {
  if (output.kind === 'note') return `notes ${output.event} ${detailWords(output.detail)}`.trimEnd()
  if (output.kind === 'send') return `sends ${output.message.type} to ${output.to} ${dataWords(output.message)}`
  return wordsOf(output).replace(/^it /, '')
}

function* reportOf({ divergence, events, incarnations }: ReplayOutcome): Generator<string> {
  for (const incarnation of incarnations) yield `  ${lineOf(incarnation)}`
  if (divergence === undefined) {
    yield `NO DIVERGENCE: ${plural(events, 'event')} of ${plural(incarnations.length, 'incarnation')} went as recorded (exit 0)`
    return
  }
  const { self, number, event, handler, difference } = divergence
  yield `DIVERGED at event #${number}: event ${event} of ${self}, ${handler} (exit 3)`
  yield `  ${difference}`
  yield '  the same code did otherwise with the same inputs: its handler asks what a machine must not ask, or keeps what is no state'
}

function lineOf({ self, segments, ended, tornBytes }: RecordedIncarnation): string {
  const { head } = segments[0]!
  const events = segments.reduce((sum, segment) => sum + segment.events.length, 0)
  const from = head.firstEvent > 1 ? `, from event ${count(head.firstEvent)} on` : ''
  const torn = tornBytes > 0 ? `, and in the middle of a record: ${plural(tornBytes, 'byte')} cut off` : ''
  const end = ended === undefined ? `ends without a word, as a killed process does${torn}` : `ended: ${ended}`
  return `${self} since ${new Date(head.startedAt).toISOString()}: ${plural(events, 'event')}${from}; ${end}`
}

function documentOf({ divergence, events, incarnations }: ReplayOutcome): object {
  return {
    schema: 1,
    command: 'replay',
    outcome: divergence === undefined ? 'reproduced' : 'diverged',
    events,
    incarnations: incarnations.map(({ self, segments, ended, tornBytes }) => ({
      node: self,
      startedAt: segments[0]!.head.startedAt,
      system: segments[0]!.head.system,
      firstEvent: segments[0]!.head.firstEvent,
      events: segments.reduce((sum, segment) => sum + segment.events.length, 0),
      ended: ended ?? null,
      tornBytes,
    })),
    divergence: divergence ?? null,
  }
}
