import type {
  Address,
  ClientContext,
  Disk,
  HistoryRecorder,
  Millis,
  NodeId,
  PlainData,
  Random,
  Tagged,
  TimerName,
} from '../../sim/machine.ts'
import { mix, mixText } from '../../sim/mix.ts'
import { timerKey } from '../../sim/timer-key.ts'
import { exploredRandom, type Choices } from './choices.ts'
import { DiskDraft, type Files } from './disk.ts'
import { HistoryDraft, type SmallHistory } from './history.ts'
import type { ArmedTimer, Cell, Said } from './state.ts'

/** What a handler wrote to people. */
export interface Note {
  readonly event: string
  readonly detail: PlainData
}

/** What a turn needs of its world. */
export interface TurnHost {
  placeOf(id: NodeId): number | undefined
  diskWasRead(): void
}

/**
 * One handler of one node: the context it is called with, and what it said. Time stands still, since every order of
 * events is explored whatever the clocks say; nothing is forced by buggify.
 */
export class Turn implements ClientContext<Tagged, TimerName> {
  readonly self: NodeId
  readonly now: Millis = 0
  readonly wallClock: Millis = 0
  readonly disk: Disk
  readonly said: Said[] = []
  readonly notes: Note[] = []
  /** How many numbers this incarnation has drawn that are not explored. */
  drawn: number
  private readonly draft: DiskDraft
  private readonly record: HistoryDraft
  private readonly choices: Choices
  private readonly cell: Cell
  private readonly host: TurnHost
  private readonly armed: Map<string, ArmedTimer>
  private over = false

  constructor(cell: Cell, history: SmallHistory, choices: Choices, host: TurnHost) {
    this.self = cell.id
    this.cell = cell
    this.choices = choices
    this.host = host
    this.drawn = cell.drawn
    this.armed = new Map(cell.timers.map((timer) => [timer.key, timer]))
    this.record = new HistoryDraft(history, cell.index, cell.id)
    this.draft = new DiskDraft(cell.disk, {
      wrote: () => this.say({ kind: 'write' }),
      synced: () => this.say({ kind: 'sync' }),
      read: () => this.host.diskWasRead(),
    })
    this.disk = this.draft
  }

  get random(): Random {
    const key = mix(mixText(0, this.self), this.cell.incarnation)
    return exploredRandom(this.choices, key, () => this.drawn++)
  }

  get history(): HistoryRecorder {
    return this.record
  }

  send(to: NodeId, message: Tagged): void {
    const place = this.host.placeOf(to)
    if (place === undefined) this.note('no such node', to)
    else this.say({ kind: 'send', to: place, message })
  }

  setTimer(timer: TimerName, _after: Millis | readonly [Millis, Millis]): void {
    const key = timerKey(timer)
    this.armed.set(key, { key, timer })
  }

  cancelTimer(timer: TimerName): void {
    this.armed.delete(timerKey(timer))
  }

  introduce(_peer: NodeId, _address?: Address): void {}

  note(event: string, detail?: PlainData): void {
    this.notes.push({ event, detail })
  }

  buggify(_label: string): boolean {
    return false
  }

  outboxLength(_peer: NodeId): number {
    return 0
  }

  exit(reason: string): void {
    this.say({ kind: 'exit', reason })
  }

  /** The handler has returned. */
  end(): void {
    this.over = true
  }

  get timers(): readonly ArmedTimer[] {
    return [...this.armed.values()].sort((left, right) => (left.key < right.key ? -1 : 1))
  }

  get versions(): readonly Files[] {
    const { versions } = this.cell.disk
    return this.draft.added.length === 0 ? versions : [...versions, ...this.draft.added]
  }

  get operations(): SmallHistory {
    return this.record.history
  }

  /** True where an operation ended `ok`. */
  get returned(): boolean {
    return this.record.returned
  }

  private say(said: Said): void {
    if (this.over) throw new Error(`a context of ${this.self} was used outside its handler: a machine must not keep it`)
    this.said.push(said)
  }
}
