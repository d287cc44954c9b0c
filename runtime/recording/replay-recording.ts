import { UsageError } from '../../explore/usage-error.ts'
import type { NodeId, PlainData } from '../../sim/machine.ts'
import { recordedCodeHash } from './code.ts'
import { readRecording, type RecordedIncarnation } from './read-recording.ts'
import { ReplayNode, type RecordedCode, type ReplayedEvent } from './replay-node.ts'

/** What a recording says of the machine it is of. */
export interface RecordedMachine {
  readonly self: NodeId
  readonly system: string
  readonly configuration: PlainData
}

export type CodeFile = string | undefined | ((recorded: RecordedMachine) => string | undefined)

export interface ReplayRecordingOptions {
  /** Makes the machine of a recording again. */
  readonly codeOf: (recorded: RecordedMachine) => RecordedCode
  /** The file that the recorder was given, or what knows it of each machine. */
  readonly codeFile?: CodeFile
  /** Hears each event once it was done again; `number` counts the events of all nodes, from 1. False ends the replay. */
  readonly onEvent?: (
    replayed: ReplayedEvent,
    number: number,
    node: ReplayNode,
    incarnation: RecordedIncarnation,
  ) => boolean | void
}

export interface ReplayOutcome {
  /** Events of all nodes that were done again; the last of them is the one that differs, where one does. */
  readonly events: number
  readonly incarnations: readonly RecordedIncarnation[]
  readonly divergence: RecordingDivergence | undefined
}

export interface RecordingDivergence {
  readonly self: NodeId
  /** Among the events of all nodes, from 1. */
  readonly number: number
  /** Among those of its incarnation. */
  readonly event: number
  /** What the handler was given: "the message Vote of n2". */
  readonly handler: string
  /** What it does, and what it did. */
  readonly difference: string
}

/**
 * Does again all that nodes recorded in a folder, in the order of their wall clocks, and compares every output. Stops
 * at the first event that differs. Throws a UsageError for a recording that is damaged, incomplete or of other code.
 */
export function replayRecording(directory: string, options: ReplayRecordingOptions): ReplayOutcome {
  return replayIncarnations(readOwnRecording(directory, options.codeFile), options)
}

/** Reads a recording, and refuses one that other code made. */
export function readOwnRecording(directory: string, codeFile: CodeFile): readonly RecordedIncarnation[] {
  const incarnations = readRecording(directory)
  refuseOtherCode(incarnations, codeFile)
  return incarnations
}

/** The same for a recording that was read. */
export function replayIncarnations(
  incarnations: readonly RecordedIncarnation[],
  options: Pick<ReplayRecordingOptions, 'codeOf' | 'onEvent'>,
): ReplayOutcome {
  const tracks = incarnations.map((incarnation) => new Track(incarnation, options.codeOf))
  let events = 0
  for (let track = earliest(tracks); track !== undefined; track = earliest(tracks)) {
    const replayed = track.next()
    events++
    if (replayed.divergence !== undefined) {
      const { self, event, divergence: difference } = replayed
      options.onEvent?.(replayed, events, track.node, track.incarnation)
      const handler = handlerOf(replayed)
      return { events, incarnations, divergence: { self, number: events, event: event.number, handler, difference } }
    }
    if (options.onEvent?.(replayed, events, track.node, track.incarnation) === false) break
  }
  return { events, incarnations, divergence: undefined }
}

/** What was given to the handler of an event, in a phrase. */
export function handlerOf({ event: { input }, given }: ReplayedEvent): string {
  switch (input.kind) {
    case 'start':
      return 'its start'
    case 'message':
      return `the message ${(given as { readonly type: string }).type} of ${input.from}`
    case 'timer':
      return `the timer ${typeof input.timer === 'string' ? input.timer : input.timer.type}`
    case 'peer':
      return `the connection to ${input.peer}, which is ${input.status}`
    case 'synced':
      return 'the end of a sync'
  }
}

function refuseOtherCode(incarnations: readonly RecordedIncarnation[], codeFile: CodeFile): void {
  const hashes = new Map<string | undefined, string>()
  for (const { self, segments } of incarnations) {
    const { head } = segments[0]!
    const { code, petrel } = head
    const file = typeof codeFile === 'function' ? codeFile(head) : codeFile
    const own = hashes.get(file) ?? recordedCodeHash(file)
    hashes.set(file, own)
    if (code === own) continue
    throw new UsageError(
      'recording-other-code',
      `The recording of ${self} was made by code ${code} (petrel ${petrel}), and this is ${own}: a difference would say nothing. Replay it with the code that recorded it.`,
    )
  }
}

/** The events of one incarnation, segment after segment. */
class Track {
  readonly node: ReplayNode
  readonly incarnation: RecordedIncarnation
  private segment = 0
  private place = 0

  constructor(incarnation: RecordedIncarnation, codeOf: ReplayRecordingOptions['codeOf']) {
    this.incarnation = incarnation
    const { head, image } = incarnation.segments[0]!
    this.node = new ReplayNode(head, image, checked(codeOf(head), head))
    this.skipEmpty()
  }

  /** By the wall clock, in milliseconds; undefined where nothing is left. */
  get nextAt(): number | undefined {
    return this.incarnation.segments[this.segment]?.events[this.place]?.wallClock
  }

  next(): ReplayedEvent {
    const replayed = this.node.step(this.incarnation.segments[this.segment]!.events[this.place++]!)
    return this.skipEmpty() ? replayed : { ...replayed, divergence: replayed.divergence ?? OTHER_STATE }
  }

  /** On to the segment of the next event. False where the node does not stand as it did when that was begun. */
  private skipEmpty(): boolean {
    const { segments } = this.incarnation
    let isSame = true
    while (segments[this.segment] !== undefined && this.place === segments[this.segment]!.events.length) {
      this.segment++
      this.place = 0
      const next = segments[this.segment]
      if (next !== undefined) isSame &&= this.node.standsAs(next.image)
    }
    return isSame
  }
}

/** Users write the function that makes machines again, in modules that no compiler may have seen. */
function checked(code: RecordedCode, { self, system }: RecordedMachine): RecordedCode {
  if (typeof code?.machine === 'function' && typeof code.protocol === 'object') return code
  throw new UsageError(
    'no-machine',
    `No machine is made for ${self} of the system "${system}": the function must give { machine, protocol }, machine being a function that makes one.`,
  )
}

const OTHER_STATE =
  'its state afterwards is another than the next segment has, though all that was said since the segment before is the same'

function earliest(tracks: readonly Track[]): Track | undefined {
  let first: Track | undefined
  for (const track of tracks) {
    const at = track.nextAt
    if (at !== undefined && (first === undefined || at < first.nextAt!)) first = track
  }
  return first
}
