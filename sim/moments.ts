import { type Fault, NOTED } from './faults.ts'
import type { Millis, NodeId } from './machine.ts'

/** Keeps account of the notes that faults of a plan wait for, or are aimed by. */
export class Moments {
  private readonly waiting = new Map<string, Fault[]>()
  private readonly written = new Map<string, number>()
  private readonly lastWriter = new Map<string, NodeId>()
  private readonly known = new Set<string>()

  constructor(plan: readonly Fault[]) {
    for (const fault of plan) {
      if (fault.when === undefined) continue
      const { note, occurrence } = fault.when
      this.known.add(note)
      if (occurrence !== undefined) this.waiting.set(note, [...(this.waiting.get(note) ?? []), fault])
    }
  }

  /** A node wrote a note: the faults that waited for it. */
  noted(node: NodeId, note: string): readonly Fault[] {
    if (!this.known.has(note)) return []
    const occurrence = (this.written.get(note) ?? 0) + 1
    this.written.set(note, occurrence)
    this.lastWriter.set(note, node)
    return (this.waiting.get(note) ?? []).filter(
      ({ when }) => when!.occurrence === occurrence && when!.spares?.includes(node) !== true,
    )
  }

  /** Whom a fault hits whose time has come: the last writer of its note; undefined where there is none to hit. */
  target({ when }: Fault): NodeId | undefined {
    const last = this.lastWriter.get(when!.note)
    return last === undefined || when!.spares?.includes(last) === true ? undefined : last
  }
}

/** The fault that waited for a moment as one with a time and a node of its own: the same data as any other. */
export function cameAbout(fault: Fault, noted: NodeId, atMs: Millis): Fault {
  const { when: _when, ...rest } = fault
  const named = (id: NodeId): NodeId => (id === NOTED ? noted : id)
  const side = (ids: readonly NodeId[] | undefined): readonly NodeId[] | undefined =>
    ids && [...new Set(ids.map(named))]
  const plain = { ...rest, atMs } as Fault
  if ('node' in plain) return { ...plain, node: named(plain.node) }
  if (plain.kind === 'partition') return { ...plain, groups: groupsWith(plain.groups, noted) }
  if ('from' in plain || 'to' in plain) {
    const { from, to } = plain as { readonly from?: readonly NodeId[]; readonly to?: readonly NodeId[] }
    return {
      ...plain,
      ...(from === undefined ? {} : { from: side(from) }),
      ...(to === undefined ? {} : { to: side(to) }),
    } as Fault
  }
  return plain
}

/** Whoever wrote the note is where the plan wants it, and nowhere else. */
function groupsWith(groups: readonly (readonly NodeId[])[], noted: NodeId): readonly (readonly NodeId[])[] {
  if (!groups.some((group) => group.includes(NOTED))) return groups
  return groups.map((group) => {
    const others = group.filter((id) => id !== noted && id !== NOTED)
    return group.includes(NOTED) ? [noted, ...others] : others
  })
}
