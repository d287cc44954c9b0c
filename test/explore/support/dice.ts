import { afterwards, always, type NodeView } from '../../../checks/property.ts'
import type { PlantedBug, Scenario } from '../../../explore/scenario.ts'

/** What a node's throw has come to. */
interface Throw {
  readonly broken: boolean
  readonly noticed: boolean
}

const thrown = (node: NodeView | undefined) => node?.state as Throw | undefined

/**
 * One node throws dice when it starts. With the bug planted it is broken in a share of the runs that is known, and in
 * a share of those a client notices.
 *
 * @param brokenOneIn how many runs there are to one in which the invariant is broken
 * @param noticedOneIn how many broken runs there are to one that clients notice
 */
export function dice(brokenOneIn: number, noticedOneIn: number, rarity: PlantedBug['rarity'] = 'common'): Scenario {
  const first = (sides: number) => Array.from({ length: sides }, (_, side) => side === 0)
  return {
    name: 'dice',
    about: 'throws dice',
    system: 'games',
    bugs: [{ id: 'D1', about: 'the dice may break', violates: 'wholeness', rarity }],
    controls: [{ id: 'C1', about: 'other dice, which are as good' }],
    calmAt: 0.5,
    evidence: 0,
    faults: { kinds: ['loss'] },
    defaults: { nodes: 1, clients: 0, operations: 0, durationMs: 4 },
    network: { latencyMs: [1, 1], loss: 0, duplication: 0 },
    workload: () => [],
    properties: () => [
      always('wholeness', (_view, _memory, changed) =>
        thrown(changed)?.broken === true ? `${changed.id} is broken` : undefined,
      ),
      afterwards('nobody notices', (_history, view) =>
        thrown(view.node('n1'))?.noticed === true ? { summary: 'it was noticed' } : undefined,
      ),
    ],
    topology: ({ settings, choose }) => {
      const broken = settings.bug === 'D1' && choose('broken', first(brokenOneIn))
      const state: Throw = { broken, noticed: broken && choose('noticed', first(noticedOneIn)) }
      return {
        protocol: {},
        nodes: [{ id: 'n1', role: 'server', machine: () => ({ start: () => state, onMessage: () => undefined }) }],
      }
    },
  }
}
