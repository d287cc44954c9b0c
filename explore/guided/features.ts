import type { ClusterView, NodeView } from '../../checks/property.ts'
import { mix, mixText } from '../../sim/mix.ts'
import type { Scenario } from '../scenario.ts'

type Abstraction = Scenario['abstraction']

/**
 * What a run showed, as hashes of abstract states taken whenever a machine notes something: the note with the one
 * before it, and, where the scenario says what of a cluster's state matters, that state as well. Notes are rare, so
 * this costs little.
 */
export class Features {
  private readonly seen = new Set<number>()
  private readonly abstraction: Abstraction
  private lastNote = 0
  private lastNode = ''

  constructor(abstraction: Abstraction) {
    this.abstraction = abstraction
  }

  noted(view: ClusterView, node: NodeView, note: string): void {
    const key = mixText(0, note)
    const pair = mix(mix(key, this.lastNote), node.id === this.lastNode ? 1 : 0)
    this.seen.add(pair)
    for (const aspect of this.abstraction?.(view, node) ?? []) this.seen.add(mix(key, aspect))
    this.lastNote = key
    this.lastNode = node.id
  }

  get all(): readonly number[] {
    return [...this.seen].sort((a, b) => a - b)
  }
}
