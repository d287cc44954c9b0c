import {
  afterwards,
  defineScenario,
  eventually,
  sometimes,
  workloadClient,
  type ClusterView,
  type NodeView,
} from 'petrel'
import { counterProtocol, counterServer, valueOf, type CounterMessage, type CounterState } from './counter.ts'

const stateOf = ({ state }: NodeView): CounterState | undefined => state as CounterState | undefined
const serversOf = ({ nodes }: ClusterView): readonly NodeView[] => nodes.filter(({ role }) => role === 'server')

const agree = eventually('all nodes count the same', (view) => {
  const values = serversOf(view).map((node) => valueOf(stateOf(node)))
  return new Set(values).size === 1 ? undefined : `the nodes count ${values.join(', ')}`
})

const noAddIsLost = afterwards('no acknowledged add is lost', (history, view) => {
  const counted = new Set(serversOf(view).flatMap((node) => [...(stateOf(node)?.counted ?? [])]))
  const lost = history.find(({ id, outcome }) => outcome === 'ok' && !counted.has(id))
  if (lost === undefined) return undefined
  return {
    summary: 'an add was acknowledged, and in the end no node has counted it',
    operations: [lost.id],
    because: [`T1 was acknowledged; ${counted.size} of ${history.length} adds are counted, T1 not among them`],
  }
})

const noAddCountsTwice = afterwards('no add counts twice', (history, view) => {
  const value = valueOf(stateOf(serversOf(view)[0]!))
  return value <= history.length
    ? undefined
    : { summary: `${history.length} adds were asked for, and ${value} are counted` }
})

const recovers = sometimes(
  'a restarted node finds adds on its disk',
  (_view, _memory, node) =>
    node.role === 'server' && node.incarnation > 1 && node.up && stateOf(node)?.counted.size !== 0,
)

export const replicatedCounter = defineScenario({
  name: 'replicated-counter',
  about: 'A counter that each node adds to by itself and tells the others about',
  protocol: counterProtocol,
  server: ({ servers, bug }) => counterServer({ peers: servers, answersEarly: bug === 'answers-early' }),
  client: ({ servers, operations }) =>
    workloadClient<CounterMessage>({
      operations,
      servers,
      timeoutMs: 200,
      request: ({ id }) => ({ type: 'add', id }),
      reply: (message) => (message.type === 'added' ? { operation: message.id, outcome: 'ok' } : undefined),
    }),
  operation: () => ({ action: 'add' }),
  properties: [agree, noAddIsLost, noAddCountsTwice, recovers],
  faults: {
    kinds: [
      'loss',
      'duplication',
      'delay',
      'partition',
      'kill',
      'power-loss',
      'crash-in-output',
      'slow-sync',
      'disk-full',
    ],
    quorumRole: 'server',
    // A node that never comes back takes its adds with it: this counter does not claim to survive that.
    lostForGood: 0,
  },
  bugs: [
    {
      id: 'answers-early',
      about: 'a node answers before what it answers is on its disk',
      violates: 'no acknowledged add is lost',
      rarity: 'common',
    },
  ],
})
