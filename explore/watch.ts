import type { AlwaysProperty, ClusterView, Gate, NodeView, Property, SometimesProperty } from '../checks/property.ts'

/** A property with what it remembers in this run. */
interface Watched<Asked> {
  readonly property: Asked
  readonly memory: unknown
}

/** The properties behind one gate; without a gate they are asked after every event. */
interface Group {
  readonly gate: Gate | undefined
  readonly memory: unknown
  open: boolean
  readonly invariants: Watched<AlwaysProperty>[]
  readonly sightings: Watched<SometimesProperty>[]
}

/** Asks the `always` and `sometimes` properties of a run after each of its events, those that need to be asked. */
export class Watch {
  private readonly view: ClusterView
  /** In the order in which a property of each comes first. */
  private readonly groups: readonly Group[]
  /** How often each `sometimes` property was seen. */
  readonly seen: Record<string, number> = {}

  constructor(properties: readonly Property[], view: ClusterView) {
    this.view = view
    const groups = new Map<Gate | undefined, Group>()
    for (const property of properties) {
      if (property.kind !== 'always' && property.kind !== 'sometimes') continue
      const { gate } = property
      if (!groups.has(gate))
        groups.set(gate, { gate, memory: gate?.memory(), open: false, invariants: [], sightings: [] })
      const group = groups.get(gate)!
      if (property.kind === 'always') group.invariants.push({ property, memory: property.memory() })
      else group.sightings.push({ property, memory: property.memory() })
    }
    this.groups = [...groups.values()]
  }

  /** An event may have changed a node. Gives the first invariant that does not hold, and what is wrong in a sentence. */
  look(changed: NodeView): { readonly property: string; readonly wrong: string } | undefined {
    for (const group of this.groups) {
      group.open = group.gate === undefined || group.gate.opens(group.memory, changed)
      if (!group.open) continue
      for (const { property, memory } of group.invariants) {
        const wrong = property.check(this.view, memory, changed)
        if (wrong !== undefined) return { property: property.name, wrong }
      }
    }
    for (const group of this.groups) if (group.open) this.see(group, changed)
    return undefined
  }

  private see({ sightings }: Group, changed: NodeView): void {
    for (const { property, memory } of sightings) {
      if (property.check(this.view, memory, changed)) this.seen[property.name] = (this.seen[property.name] ?? 0) + 1
    }
  }
}
