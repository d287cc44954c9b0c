import type { AlwaysProperty, ClusterView, Gate, NodeView, Property, SometimesProperty } from '../checks/property.ts'

interface OpenGate {
  readonly gate: Gate
  readonly memory: unknown
  open: boolean
}

/** A property with what it remembers in this run. */
interface Watched<Asked> {
  readonly property: Asked
  readonly memory: unknown
  /** Undefined where it is asked after every event. */
  readonly gate: OpenGate | undefined
}

/** Asks the `always` and `sometimes` properties of a run after each of its events, those that need to be asked. */
export class Watch {
  private readonly view: ClusterView
  private readonly gates: readonly OpenGate[]
  private readonly invariants: readonly Watched<AlwaysProperty>[]
  private readonly sightings: readonly Watched<SometimesProperty>[]
  /** Those that are asked after every event. */
  private readonly ungatedInvariants: readonly Watched<AlwaysProperty>[]
  private readonly ungatedSightings: readonly Watched<SometimesProperty>[]
  /** How often each `sometimes` property was seen. */
  readonly seen: Record<string, number> = {}

  constructor(properties: readonly Property[], view: ClusterView) {
    this.view = view
    const gates = new Map<Gate, OpenGate>()
    const watched = <Asked extends AlwaysProperty | SometimesProperty>(property: Asked): Watched<Asked> => {
      const { gate } = property
      if (gate !== undefined && !gates.has(gate)) gates.set(gate, { gate, memory: gate.memory(), open: false })
      return { property, memory: property.memory(), gate: gate === undefined ? undefined : gates.get(gate) }
    }
    this.invariants = properties.flatMap((property) => (property.kind === 'always' ? [watched(property)] : []))
    this.sightings = properties.flatMap((property) => (property.kind === 'sometimes' ? [watched(property)] : []))
    this.gates = [...gates.values()]
    this.ungatedInvariants = this.invariants.filter(({ gate }) => gate === undefined)
    this.ungatedSightings = this.sightings.filter(({ gate }) => gate === undefined)
  }

  /** An event may have changed a node. Gives the first invariant that does not hold, and what is wrong in a sentence. */
  look(changed: NodeView): { readonly property: string; readonly wrong: string } | undefined {
    const anyOpen = this.openGates(changed)
    for (const { property, memory, gate } of anyOpen ? this.invariants : this.ungatedInvariants) {
      if (gate?.open === false) continue
      const wrong = property.check(this.view, memory, changed)
      if (wrong !== undefined) return { property: property.name, wrong }
    }
    for (const { property, memory, gate } of anyOpen ? this.sightings : this.ungatedSightings) {
      if (gate?.open === false) continue
      if (property.check(this.view, memory, changed)) this.seen[property.name] = (this.seen[property.name] ?? 0) + 1
    }
    return undefined
  }

  private openGates(changed: NodeView): boolean {
    let any = false
    for (const one of this.gates) {
      one.open = one.gate.opens(one.memory, changed)
      any ||= one.open
    }
    return any
  }
}
