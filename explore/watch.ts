import type { AlwaysProperty, ClusterView, Gate, NodeView, Property, SometimesProperty } from '../checks/property.ts'

/** A gate of this run. Where a property has none, what stands for it is always open. */
interface Gateway {
  readonly gate: Gate | undefined
  /** The one in front of it. */
  readonly within: Gateway | undefined
  readonly memory: unknown
  open: boolean
}

/** A property with what it remembers in this run. */
interface Watched<Asked> {
  readonly property: Asked
  readonly memory: unknown
  readonly gateway: Gateway
}

/** Asks the `always` and `sometimes` properties of a run after each of its events, those that need to be asked. */
export class Watch {
  private readonly view: ClusterView
  /** One that stands in front of another comes before it. */
  private readonly gateways: readonly Gateway[]
  private readonly invariants: readonly Watched<AlwaysProperty>[]
  private readonly sightings: readonly Watched<SometimesProperty>[]
  /** How often each `sometimes` property was seen. */
  readonly seen: Record<string, number> = {}

  constructor(properties: readonly Property[], view: ClusterView) {
    this.view = view
    const gateways = new Map<Gate | undefined, Gateway>()
    const watched = <Asked extends AlwaysProperty | SometimesProperty>(property: Asked): Watched<Asked> => {
      return { property, memory: property.memory(), gateway: gatewayOf(gateways, property.gate) }
    }
    this.invariants = properties.flatMap((property) => (property.kind === 'always' ? [watched(property)] : []))
    this.sightings = properties.flatMap((property) => (property.kind === 'sometimes' ? [watched(property)] : []))
    this.gateways = [...gateways.values()]
  }

  /** An event may have changed a node. Gives the first invariant that does not hold, and what is wrong in a sentence. */
  look(changed: NodeView): { readonly property: string; readonly wrong: string } | undefined {
    if (!this.anyOpens(changed)) return undefined
    for (const { property, memory, gateway } of this.invariants) {
      const wrong = gateway.open ? property.check(this.view, memory, changed) : undefined
      if (wrong !== undefined) return { property: property.name, wrong }
    }
    for (const { property, memory, gateway } of this.sightings) {
      if (gateway.open && property.check(this.view, memory, changed))
        this.seen[property.name] = (this.seen[property.name] ?? 0) + 1
    }
    return undefined
  }

  private anyOpens(changed: NodeView): boolean {
    let any = false
    for (const gateway of this.gateways) {
      const { gate, within, memory } = gateway
      gateway.open = within?.open !== false && (gate === undefined || gate.opens(memory, changed))
      any ||= gateway.open
    }
    return any
  }
}

/** Made where there is none yet. */
function gatewayOf(gateways: Map<Gate | undefined, Gateway>, gate: Gate | undefined): Gateway {
  const known = gateways.get(gate)
  if (known !== undefined) return known
  const within = gate?.within === undefined ? undefined : gatewayOf(gateways, gate.within)
  const gateway = { gate, within, memory: gate?.memory(), open: false }
  gateways.set(gate, gateway)
  return gateway
}
