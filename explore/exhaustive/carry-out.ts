import type { AnyMachine } from '../../sim/machine.ts'
import type { Bounds } from './bounds.ts'
import { beginSync, carryOut, completeSync, killed, type DiskState } from './disk.ts'
import type { InFlight, Mail } from './network.ts'
import type { ArmedTimer, Cell, Said } from './state.ts'

/** A cell that a step is about to finish: without fingerprints, and open to change. */
export type CellDraft = { -readonly [Field in keyof Omit<Cell, 'prints'>]: Cell[Field] }

/** Carries out what a node said, in program order, for a cell that is being made and the messages on their way. */
export class CarryOut {
  inFlight: InFlight
  readonly cell: CellDraft
  private readonly mail: Mail
  private readonly syncs: Bounds['syncs']

  constructor(cell: CellDraft, inFlight: InFlight, mail: Mail, syncs: Bounds['syncs']) {
    this.cell = cell
    this.inFlight = inFlight
    this.mail = mail
    this.syncs = syncs
  }

  /** A sync is a barrier: where it is a step of its own, what comes after it waits in the backlog. */
  all(said: readonly Said[]): void {
    const { cell } = this
    const backlog: Said[] = [...cell.backlog]
    for (const item of said) {
      if (cell.disk.syncing > 0) backlog.push(item)
      else this.one(item)
      if (!cell.up) return
    }
    cell.backlog = backlog
  }

  /** The sync under way is over. */
  synced(): void {
    const waiting = this.cell.backlog
    this.cell.disk = completeSync(this.cell.disk)
    this.cell.backlog = []
    this.all(waiting)
  }

  /** A handler threw: what it wrote before its first sync is kept, the rest is forgotten, and the node stops. */
  stop(said: readonly Said[]): void {
    for (const { kind } of said) {
      if (this.cell.disk.syncing > 0 || kind === 'sync') break
      if (kind === 'write') this.cell.disk = carryOut(this.cell.disk)
    }
    this.goDown(killed(this.cell.disk))
  }

  /** The process is gone, with everything but its disk. */
  goDown(disk: DiskState): void {
    const { cell } = this
    cell.disk = disk
    cell.up = false
    cell.state = undefined
    cell.machine = undefined
    cell.timers = []
    cell.backlog = []
    cell.drawn = 0
    this.inFlight = this.mail.afterCrash(this.inFlight, cell.index)
  }

  private one(item: Said): void {
    const { cell } = this
    switch (item.kind) {
      case 'send':
        this.inFlight = this.mail.send(this.inFlight, this.mail.envelope(cell.index, item.to, item.message))
        break
      case 'write':
        cell.disk = carryOut(cell.disk)
        break
      case 'sync':
        if (cell.disk.carriedOut === 0) break
        cell.disk = beginSync(cell.disk)
        if (this.syncs === 'immediate') cell.disk = completeSync(cell.disk)
        break
      case 'exit':
        cell.ended = true
        cell.exitReason = item.reason
        this.goDown(killed(cell.disk))
        break
    }
  }
}

/** A node's next incarnation, before its first handler. */
export function startedAnew(cell: Cell, machine: AnyMachine): Cell {
  const timers: readonly ArmedTimer[] = []
  return { ...cell, up: true, incarnation: cell.incarnation + 1, machine, timers, backlog: [], drawn: 0 }
}
