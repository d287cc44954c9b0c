import { DiskError, InvariantError, type NodeId } from '../../sim/machine.ts'
import type { Protocol } from '../../sim/protocol.ts'
import type { ClusterView, Property } from '../../checks/property.ts'
import type { Violation } from '../../checks/verdict.ts'
import type { NodeSpec } from '../scenario.ts'
import { Actions } from './actions.ts'
import type { Action } from './action.ts'
import type { Bounds } from './bounds.ts'
import { CarryOut, startedAnew, type CellDraft } from './carry-out.ts'
import { Choices } from './choices.ts'
import { Copying } from './copy.ts'
import { killed, newDisk, powerLost } from './disk.ts'
import { same, type Fingerprint } from './fingerprint.ts'
import { afterCrash, EMPTY_HISTORY, type SmallHistory } from './history.ts'
import { Memories } from './memories.ts'
import { type Envelope, Mail, NOTHING_IN_FLIGHT } from './network.ts'
import { Prints } from './prints.ts'
import { violationOf, Watch } from './properties.ts'
import type { Cell, SmallState, Spent } from './state.ts'
import { renamingsOf } from './symmetry.ts'
import { type Note, Turn } from './turn.ts'

/** A system small enough: its machines, and what must hold. */
export interface SmallSystem {
  readonly protocol: Protocol
  readonly nodes: readonly NodeSpec[]
  readonly properties: readonly Property[]
  /** The role whose nodes crash, and under symmetry are interchangeable: `server` unless given. */
  readonly role?: string | undefined
}

/** What a step leads to. */
export interface Outcome {
  readonly state: SmallState
  /** True where it changed more than its node and the network: the history, or what properties remember. */
  readonly visible: boolean
  readonly violation: Violation | undefined
  /** Why a checker could not decide. */
  readonly unknown: string | undefined
  readonly notes: readonly Note[]
}

type Handler = (cell: Cell, turn: Turn) => void

/** A world without time that can be forked: its states are values, and a step makes new ones out of one. */
export class SmallWorld {
  readonly watch: Watch
  /** True once a handler read its disk, or where that was known: then all disks count in all states. */
  readsDisks: boolean
  private readonly bounds: Bounds
  private readonly system: SmallSystem
  private readonly mail: Mail
  private readonly prints: Prints
  private readonly places: ReadonlyMap<NodeId, number>
  private readonly names: readonly NodeId[]
  private readonly choosing: Actions
  private readonly memories: Memories
  private starting = false

  constructor(system: SmallSystem, bounds: Bounds, readsDisks: boolean) {
    this.system = system
    this.bounds = bounds
    this.readsDisks = readsDisks
    this.names = system.nodes.map(({ id }) => id)
    this.places = new Map(this.names.map((id, index) => [id, index]))
    const role = system.role ?? 'server'
    const members = system.nodes.flatMap((node, index) => (node.role === role ? [index] : []))
    const renamings = renamingsOf(this.names, bounds.symmetry ? members : [])
    this.mail = new Mail(
      bounds.network,
      system.protocol,
      this.names,
      renamings.map(({ reading }) => reading),
    )
    this.prints = new Prints(bounds, this.mail, renamings)
    this.choosing = new Actions(bounds, this.mail, role)
    this.watch = new Watch(system.properties)
    this.memories = new Memories(this.watch, this.prints, this.mail.shared)
  }

  /** All nodes down, and then each started, in order: one state, or several where a start draws. */
  starts(): readonly Outcome[] {
    const spent: Spent = { drops: 0, duplicates: 0, kills: 0, powerLosses: 0 }
    const cells = this.system.nodes.map(({ id, role, disk }, index) =>
      this.finished({
        index,
        id,
        role,
        up: false,
        incarnation: 0,
        state: undefined,
        ended: false,
        machine: undefined,
        timers: [],
        fired: 0,
        drawn: 0,
        exitReason: undefined,
        disk: newDisk(disk),
        backlog: [],
      }),
    )
    const memory = this.memories.first()
    const state: SmallState = { cells, inFlight: NOTHING_IN_FLIGHT, history: EMPTY_HISTORY, memory, spent }
    let outcomes: readonly Outcome[] = [{ state, visible: false, violation: undefined, unknown: undefined, notes: [] }]
    for (const { index } of cells) outcomes = outcomes.flatMap((outcome) => this.goOn(outcome, index))
    return outcomes
  }

  private goOn(outcome: Outcome, index: number): readonly Outcome[] {
    return outcome.violation === undefined ? this.start(outcome.state, index) : [outcome]
  }

  /** What may happen next, in the order of their keys. */
  actions(state: SmallState): readonly Action[] {
    return this.choosing.of(state)
  }

  /** What an action leads to; nothing where it changes nothing but the network, which then keeps the message. */
  perform(state: SmallState, action: Action): readonly Outcome[] {
    switch (action.kind) {
      case 'deliver':
        return this.deliver(state, action.envelope, true)
      case 'duplicate':
        return this.deliver(this.spend(state, 'duplicates'), action.envelope, false)
      case 'drop': {
        const inFlight = this.mail.without(state.inFlight, action.envelope)
        return [this.quiet({ ...this.spend(state, 'drops'), inFlight })]
      }
      case 'timeout':
        return this.timeout(state, action.node, action.timer.key)
      case 'synced':
        return [this.after(state, action.node, (carry) => carry.synced())]
      case 'restart':
        return this.start(state, action.node)
      case 'kill':
        return [this.crash(this.spend(state, 'kills'), action.node, undefined)]
      case 'power loss':
        return [this.crash(this.spend(state, 'powerLosses'), action.node, action.kept)]
    }
  }

  /** What stands for a state. */
  fingerprint(state: SmallState): Fingerprint {
    return this.prints.state(state, this.readsDisks)
  }

  /** What is wrong with a state, whichever node came last. */
  lookAround(state: SmallState): Violation | undefined {
    return this.watch.lookAround(this.view(state), state.cells)
  }

  view(state: Pick<SmallState, 'cells'>): ClusterView {
    const { cells } = state
    return { nowMs: 0, nodes: cells, node: (id) => cells.find((cell) => cell.id === id) }
  }

  // ── Steps ────────────────────────────────────────────────────────────────────────────────────────────────────

  private start(state: SmallState, index: number): readonly Outcome[] {
    const machine = this.system.nodes[index]!.machine()
    const cell = startedAnew(state.cells[index]!, machine)
    this.starting = true
    const outcomes = this.handle(state, cell, state.inFlight, (fresh, turn) => {
      ;(fresh as CellDraft).state = machine.start(turn)
    })
    this.starting = false
    return outcomes
  }

  private deliver(state: SmallState, envelope: Envelope, takes: boolean): readonly Outcome[] {
    const { from, to, message } = envelope
    const cell = state.cells[to]!
    if (!this.mail.isUnchanged(envelope)) {
      const summary = `${message.type} from ${this.names[from]} was changed after it was sent`
      return [this.wrong(state, violationOf('messages are not changed once they are sent', summary, cell))]
    }
    const inFlight = takes ? this.mail.delivered(state.inFlight, envelope) : state.inFlight
    const outcomes = this.handle(state, cell, inFlight, ({ machine, state: own }, turn) =>
      machine!.onMessage(own, turn, this.names[from]!, message),
    )
    return envelope.queued ? outcomes : outcomes.filter((outcome) => !this.changesNothing(state, outcome, inFlight, to))
  }

  private timeout(state: SmallState, index: number, key: string): readonly Outcome[] {
    const old = state.cells[index]!
    const { timer } = old.timers.find((armed) => armed.key === key)!
    const fired = old.fired + (Number.isFinite(this.bounds.timeouts) ? 1 : 0)
    const cell = { ...old, fired, timers: old.timers.filter((armed) => armed.key !== key) }
    return this.handle(state, cell, state.inFlight, ({ machine, state: own }, turn) =>
      machine!.onTimer!(own, turn, timer),
    )
  }

  /** True where whoever ignores a message does as if it had not come: then it may as well come later, or never. */
  private changesNothing(
    state: SmallState,
    outcome: Outcome,
    inFlight: SmallState['inFlight'],
    index: number,
  ): boolean {
    return (
      outcome.violation === undefined &&
      !outcome.visible &&
      same(outcome.state.memory.prints[0]!, state.memory.prints[0]!) &&
      outcome.state.inFlight === inFlight &&
      same(outcome.state.cells[index]!.prints[0]!, state.cells[index]!.prints[0]!) &&
      outcome.state.cells[index]!.disk === state.cells[index]!.disk
    )
  }

  /** Runs a handler once for each way its draws can fall, each time on a copy of the node. */
  private handle(
    state: SmallState,
    cell: Cell,
    inFlight: SmallState['inFlight'],
    handler: Handler,
  ): readonly Outcome[] {
    const outcomes: Outcome[] = []
    const choices = new Choices()
    do {
      const copying = new Copying(this.mail.shared)
      const fork: CellDraft = { ...cell, state: copying.state(cell.state) }
      const turn = new Turn(cell, state.history, choices, {
        placeOf: (id) => this.places.get(id),
        diskWasRead: () => {
          if (!this.starting) this.readsDisks = true
        },
      })
      const carry = new CarryOut(fork, inFlight, this.mail, this.bounds.syncs)
      const broken = this.run(carry, turn, handler)
      outcomes.push(this.observed(state, carry, turn, copying, broken))
    } while (choices.next())
    return outcomes
  }

  /** Says what is wrong with the machine, where it threw what it may not throw. */
  private run(carry: CarryOut, turn: Turn, handler: Handler): Violation | undefined {
    const cell = carry.cell as unknown as Cell
    let thrown: unknown
    let threw = false
    try {
      handler(cell, turn)
    } catch (error) {
      thrown = error
      threw = true
    }
    turn.end()
    if (turn.versions !== cell.disk.versions) carry.cell.disk = { ...cell.disk, versions: turn.versions }
    carry.cell.timers = turn.timers
    carry.cell.drawn = turn.drawn
    if (!threw) {
      carry.all(turn.said)
      return undefined
    }
    carry.stop(turn.said)
    if (thrown instanceof DiskError) return undefined
    const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    return violationOf(
      thrown instanceof InvariantError ? 'invariant of the machine' : 'no machine throws',
      `${cell.id}: ${words}`,
      cell,
    )
  }

  /** The world once a handler is over, as its properties see it. */
  private observed(
    state: SmallState,
    carry: CarryOut,
    turn: Turn,
    copying: Copying,
    broken: Violation | undefined,
  ): Outcome {
    const history = carry.cell.up ? turn.operations : afterCrash(turn.operations, carry.cell.index)
    const next = this.replaced(state, carry, history)
    if (broken !== undefined) return { ...this.wrong(next, broken), notes: turn.notes }
    const { memory, violation } = this.remembered(state, next, carry.cell.index, copying)
    const judged = turn.returned ? this.watch.judge(history, this.view(next)) : {}
    return {
      state: { ...next, memory },
      visible: history !== state.history || !same(memory.common, state.memory.common),
      violation: violation ?? judged.violation,
      unknown: judged.unknown,
      notes: turn.notes,
    }
  }

  private remembered(
    state: SmallState,
    next: SmallState,
    index: number,
    copying: Copying,
  ): ReturnType<Memories['after']> {
    return this.memories.after(state.memory, state.cells, this.view(next), next.cells[index]!, copying)
  }

  private crash(state: SmallState, index: number, kept: number | undefined): Outcome {
    const outcome = this.after(state, index, (carry) => {
      const { disk } = carry.cell
      carry.goDown(kept === undefined ? killed(disk) : powerLost(disk, kept))
    })
    return { ...outcome, visible: true }
  }

  /** A step of a node in which none of its handlers runs. */
  private after(state: SmallState, index: number, change: (carry: CarryOut) => void): Outcome {
    const carry = new CarryOut({ ...state.cells[index]! }, state.inFlight, this.mail, this.bounds.syncs)
    change(carry)
    const history = carry.cell.up ? state.history : afterCrash(state.history, index)
    const next = this.replaced(state, carry, history)
    const { memory, violation } = this.remembered(state, next, index, new Copying(this.mail.shared))
    const visible = history !== state.history || !same(memory.common, state.memory.common)
    return { state: { ...next, memory }, visible, violation, unknown: undefined, notes: [] }
  }

  private replaced(state: SmallState, carry: CarryOut, history: SmallHistory): SmallState {
    const cells = [...state.cells]
    cells[carry.cell.index] = this.finished(carry.cell)
    return { cells, inFlight: carry.inFlight, history, memory: state.memory, spent: state.spent }
  }

  private quiet(state: SmallState): Outcome {
    return { state, visible: false, violation: undefined, unknown: undefined, notes: [] }
  }

  private wrong(state: SmallState, violation: Violation): Outcome {
    return { ...this.quiet(state), violation }
  }

  /** What is unbounded is not counted, or no two states would ever be the same. */
  private spend(state: SmallState, what: keyof Spent): SmallState {
    if (!Number.isFinite(this.bounds[what])) return state
    return { ...state, spent: { ...state.spent, [what]: state.spent[what] + 1 } }
  }

  private finished(cell: CellDraft): Cell {
    return { ...cell, prints: this.prints.cell(cell) }
  }
}
