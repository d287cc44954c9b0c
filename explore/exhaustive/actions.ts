import type { TimerName } from '../../sim/machine.ts'
import type { Action } from './action.ts'
import type { Bounds } from './bounds.ts'
import type { Mail } from './network.ts'
import type { Cell, SmallState } from './state.ts'

/** Keys of deliveries, duplicates and losses are numbers of envelopes times this, so that none is looked up. */
const KINDS = 4
const OTHER = 3

/** What may happen in a state, within the bounds. */
export class Actions {
  private readonly bounds: Bounds
  private readonly mail: Mail
  private readonly role: string
  private readonly keys = new Map<string, number>()

  constructor(bounds: Bounds, mail: Mail, role: string) {
    this.bounds = bounds
    this.mail = mail
    this.role = role
  }

  /** In the order of their keys, which is the same in every state. */
  of(state: SmallState): readonly Action[] {
    const actions: Action[] = []
    this.deliveries(state, actions)
    for (const cell of state.cells) this.ofNode(state, cell, actions)
    return actions.sort((left, right) => left.key - right.key)
  }

  private deliveries({ cells, inFlight, spent }: SmallState, actions: Action[]): void {
    const { drops, duplicates } = this.bounds
    for (const envelope of this.mail.arriving(inFlight)) {
      const { number, to: node, transport } = envelope
      const key = number * KINDS
      if (cells[node]!.up) actions.push({ kind: 'deliver', key, node, envelope })
      if (transport !== 'datagram') continue
      if (cells[node]!.up && spent.duplicates < duplicates)
        actions.push({ kind: 'duplicate', key: key + 1, node, envelope })
      if (spent.drops < drops) actions.push({ kind: 'drop', key: key + 2, node, envelope })
    }
  }

  private ofNode({ spent }: SmallState, cell: Cell, actions: Action[]): void {
    const { index: node, up, ended, timers, fired, disk, role } = cell
    const { timeouts, kills, powerLosses } = this.bounds
    if (!up) {
      if (!ended) actions.push({ kind: 'restart', key: this.key(`restart ${node}`), node })
      return
    }
    for (const timer of timers) {
      if (fired < timeouts && this.mayFire(timer.timer))
        actions.push({ kind: 'timeout', key: this.key(`timeout ${node} ${timer.key}`), node, timer })
    }
    if (disk.syncing > 0) actions.push({ kind: 'synced', key: this.key(`synced ${node}`), node })
    if (role !== this.role) return
    if (spent.kills < kills) actions.push({ kind: 'kill', key: this.key(`kill ${node}`), node })
    if (spent.powerLosses >= powerLosses) return
    for (let kept = 0; kept <= disk.carriedOut; kept++) {
      actions.push({ kind: 'power loss', key: this.key(`power loss ${node} ${kept}`), node, kept })
    }
  }

  private mayFire(timer: TimerName): boolean {
    const name = typeof timer === 'string' ? timer : timer.type
    return this.bounds.timers === undefined || this.bounds.timers.includes(name)
  }

  private key(words: string): number {
    let number = this.keys.get(words)
    if (number === undefined) {
      number = this.keys.size
      this.keys.set(words, number)
    }
    return number * KINDS + OTHER
  }
}
