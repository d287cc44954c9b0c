import type { NodeId } from '../sim/machine.ts'
import type { TraceEvent, TraceNote } from '../sim/trace.ts'
import { clip } from './text.ts'

/**
 * What a node is at a moment, read from its notes: one whose detail has a `role`, or that says `became leader`; a
 * number called `term`, `epoch` or `view` in the detail goes with it. Systems without such notes have no roles.
 */
export interface Role {
  readonly name: string
  readonly term?: number | undefined
}

const BECOMES = /^(?:became|becomes?)[ :]+(?:a |the )?([A-Za-z]\w*)/

export function roleOf(note: TraceNote): Role | undefined {
  const detail: { readonly [field: string]: unknown } =
    typeof note.detail === 'object' && note.detail !== null ? { ...note.detail } : {}
  const name = typeof detail['role'] === 'string' ? detail['role'] : BECOMES.exec(note.event)?.[1]
  if (name === undefined || name === '') return undefined
  const term = [detail['term'], detail['epoch'], detail['view']].find((value) => typeof value === 'number')
  return { name, term: term as number | undefined }
}

/** The role that an event gives its node; undefined where it gives none. */
export function roleChange(event: TraceEvent): Role | undefined {
  for (let index = event.notes.length - 1; index >= 0; index--) {
    const role = roleOf(event.notes[index] as TraceNote)
    if (role !== undefined) return role
  }
  return undefined
}

/** `L3`: at most four columns. */
export function roleGlyph(role: Role): string {
  return clip(`${role.name.slice(0, 1).toUpperCase()}${role.term ?? ''}`, 4, '~')
}

/** `leader, term 3`. */
export function roleWords(role: Role): string {
  return role.term === undefined ? role.name : `${role.name}, term ${role.term}`
}

/** Roles and who is down, as a walk over the trace in order of events. */
export class ClusterWalk {
  readonly roles = new Map<NodeId, Role>()
  readonly down = new Set<NodeId>()
  #next = 0
  readonly #events: readonly TraceEvent[]

  constructor(events: readonly TraceEvent[]) {
    this.#events = events
  }

  /** As it was once the event with this number was over. Numbers may only grow. */
  advanceTo(number: number): void {
    for (; this.#next < this.#events.length; this.#next++) {
      const event = this.#events[this.#next] as TraceEvent
      if (event.number > number) return
      this.#observe(event)
    }
  }

  #observe(event: TraceEvent): void {
    if (event.node === undefined) return
    if (event.kind === 'crash' || event.kind === 'exit') {
      this.down.add(event.node)
      this.roles.delete(event.node)
    } else if (event.kind === 'start') {
      this.down.delete(event.node)
    }
    const role = roleChange(event)
    if (role !== undefined) this.roles.set(event.node, role)
  }
}
