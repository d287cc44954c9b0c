import { defineScenario, eventually, sometimes, workloadClient } from 'petrel'
import { counterProtocol, counterServer, valueOf, type CounterMessage, type CounterState } from './counter.ts'

/** What each add was told must be in the counter in the end; what nobody knows may be. */
const noAddIsLost = eventually('no acknowledged add is lost', (view, history) => {
  const added = history.filter(({ outcome }) => outcome === 'ok').length
  for (const { id, role, state } of view.nodes) {
    if (role !== 'server') continue
    if (state === undefined) return `${id} is down`
    const value = valueOf(state as CounterState)
    if (value < added) return `${id} counts ${value}, though ${added} adds were acknowledged`
    if (value > history.length) return `${id} counts ${value}, though only ${history.length} adds were asked for`
  }
  return undefined
})

const recovers = sometimes('a restarted node finds adds on its disk', (_view, _memory, { role, incarnation, state }) =>
  role === 'server' && incarnation > 1 && (state as CounterState | undefined)?.counted.size !== 0)

export const replicatedCounter = defineScenario({
  name: 'replicated-counter',
  about: 'A counter that each node adds to by itself and tells the others about',
  protocol: counterProtocol,
  server: ({ servers, bug }) => counterServer({ peers: servers, answersEarly: bug === 'answers-early' }),
  client: ({ servers, operations }) => workloadClient<CounterMessage>({
    operations, servers, timeoutMs: 200,
    request: ({ id }) => ({ type: 'add', id }),
    reply: (message) => message.type === 'added' ? { operation: message.id, outcome: 'ok' } : undefined,
  }),
  operation: () => ({ action: 'add' }),
  properties: [noAddIsLost, recovers],
  faults: {
    kinds: ['loss', 'duplication', 'delay', 'partition', 'kill', 'power-loss', 'crash-in-output', 'slow-sync', 'disk-full'],
    quorumRole: 'server',
    // A node that never comes back takes its adds with it: this counter does not claim to survive that.
    lostForGood: 0,
  },
  bugs: [{
    id: 'answers-early',
    about: 'a node answers before what it answers is on its disk',
    violates: 'no acknowledged add is lost',
    rarity: 'common',
  }],
})
