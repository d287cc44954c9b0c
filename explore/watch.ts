import type { AlwaysProperty, ClusterView, Gate, NodeView, Property, SometimesProperty } from '../checks/property.ts'

/** A gate of this run. */
interface Gateway {
  readonly gate: Gate
  /** The one in front of it. */
  readonly within: Gateway | undefined
  readonly memory: unknown
  open: boolean
}

/**
 * A property with what it remembers in this run, and the gate in front of it, which may be one that is always open.
 * Name and check are taken from the property: properties have many shapes, and these are read after every event.
 */
interface Watched<Kind extends AlwaysProperty | SometimesProperty> {
  readonly name: string
  readonly check: Kind['check']
  readonly memory: unknown
  readonly gateway: { readonly open: boolean }
}

interface Sighting extends Watched<SometimesProperty> {
  times: number
}

interface Asked {
  readonly invariants: readonly Watched<AlwaysProperty>[]
  readonly sightings: readonly Sighting[]
}

const ALWAYS_OPEN = { open: true } as const

/** Asks the `always` and `sometimes` properties of a run after each of its events, those that need to be asked. */
export class Watch {
  private readonly view: ClusterView
  /** One that stands in front of another comes before it. */
  private readonly gateways: readonly Gateway[]
  private readonly all: Asked
  /** Those that have no gate: all that is left to ask after most events. */
  private readonly ungated: Asked

  constructor(properties: readonly Property[], view: ClusterView) {
    this.view = view
    const gateways = new Map<Gate, Gateway>()
    const watched = <Kind extends AlwaysProperty | SometimesProperty>(property: Kind): Watched<Kind> => {
      const gateway = property.gate === undefined ? ALWAYS_OPEN : gatewayOf(gateways, property.gate)
      return { name: property.name, check: property.check, memory: property.memory(), gateway }
    }
    this.all = {
      invariants: properties.flatMap((property) => (property.kind === 'always' ? [watched(property)] : [])),
      sightings: properties.flatMap((property) =>
        property.kind === 'sometimes' ? [{ ...watched(property), times: 0 }] : [],
      ),
    }
    this.ungated = {
      invariants: this.all.invariants.filter(({ gateway }) => gateway === ALWAYS_OPEN),
      sightings: this.all.sightings.filter(({ gateway }) => gateway === ALWAYS_OPEN),
    }
    this.gateways = [...gateways.values()]
  }

  /** An event may have changed a node. Gives the first invariant that does not hold, and what is wrong in a sentence. */
  look(changed: NodeView): { readonly property: string; readonly wrong: string } | undefined {
    return this.anyOpens(changed) ? this.ask(this.all, changed) : this.ask(this.ungated, changed)
  }

  private ask({ invariants, sightings }: Asked, changed: NodeView): ReturnType<Watch['look']> {
    for (const { name, check, memory, gateway } of invariants) {
      const wrong = gateway.open ? check(this.view, memory, changed) : undefined
      if (wrong !== undefined) return { property: name, wrong }
    }
    for (const sighting of sightings) {
      if (sighting.gateway.open && sighting.check(this.view, sighting.memory, changed)) sighting.times++
    }
    return undefined
  }

  /** How often each `sometimes` property was seen, of those that were. */
  get seen(): Record<string, number> {
    const seen = this.all.sightings.filter(({ times }) => times > 0)
    return Object.fromEntries(seen.map(({ name, times }) => [name, times]))
  }

  private anyOpens(changed: NodeView): boolean {
    let any = false
    for (const gateway of this.gateways) {
      const { gate, within, memory } = gateway
      gateway.open = within?.open !== false && gate.opens(memory, changed, this.view)
      any ||= gateway.open
    }
    return any
  }
}

/** Made where there is none yet. */
function gatewayOf(gateways: Map<Gate, Gateway>, gate: Gate): Gateway {
  const known = gateways.get(gate)
  if (known !== undefined) return known
  const within = gate.within === undefined ? undefined : gatewayOf(gateways, gate.within)
  const gateway = { gate, within, memory: gate.memory(), open: false }
  gateways.set(gate, gateway)
  return gateway
}
