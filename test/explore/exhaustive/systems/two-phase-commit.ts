import { always, sometimes } from '../../../../checks/property.ts'
import type { ClusterView } from '../../../../checks/property.ts'
import type { SmallSystem } from '../../../../explore/exhaustive/world.ts'
import type { Machine, NodeId } from '../../../../sim/machine.ts'
import { protocol } from '../../../../sim/protocol.ts'

type Message = { readonly type: 'prepared' | 'commit' | 'abort' }

type Progress = 'working' | 'prepared' | 'committed' | 'aborted'

const MANAGER = 'tm'

/** Prepares or aborts of its own accord, whenever it likes: two timers in a world where any timer may fire. */
function resource(): Machine<{ progress: Progress }, Message, 'prepare' | 'abort'> {
  return {
    start: (ctx) => {
      ctx.setTimer('prepare', 1)
      ctx.setTimer('abort', 1)
      return { progress: 'working' }
    },
    onTimer: (state, ctx, timer) => {
      ctx.cancelTimer('prepare')
      ctx.cancelTimer('abort')
      state.progress = timer === 'prepare' ? 'prepared' : 'aborted'
      if (timer === 'prepare') ctx.send(MANAGER, { type: 'prepared' })
    },
    onMessage: (state, ctx, _from, message) => {
      ctx.cancelTimer('prepare')
      ctx.cancelTimer('abort')
      state.progress = message.type === 'commit' ? 'committed' : 'aborted'
    },
  }
}

interface ManagerState {
  progress: 'open' | 'committed' | 'aborted'
  readonly prepared: Record<NodeId, boolean>
}

function manager(resources: readonly NodeId[]): Machine<ManagerState, Message, 'commit' | 'abort'> {
  return {
    start: (ctx) => {
      ctx.setTimer('abort', 1)
      return { progress: 'open', prepared: Object.fromEntries(resources.map((id) => [id, false])) }
    },
    onMessage: (state, ctx, from) => {
      if (state.progress !== 'open') return
      state.prepared[from] = true
      if (resources.every((id) => state.prepared[id])) ctx.setTimer('commit', 1)
    },
    onTimer: (state, ctx, timer) => {
      ctx.cancelTimer('commit')
      ctx.cancelTimer('abort')
      state.progress = timer === 'commit' ? 'committed' : 'aborted'
      for (const id of resources) ctx.send(id, { type: timer })
    },
  }
}

function progressOf(view: ClusterView): readonly Progress[] {
  const resources = view.nodes.filter(({ role, up }) => role === 'resource' && up)
  return resources.map(({ state }) => (state as { progress: Progress }).progress)
}

/** Two-phase commit as Gray and Lamport specify it ("Consensus on transaction commit", 2004); stateright's `2pc.rs`. */
export function twoPhaseCommit(count: number): SmallSystem {
  const resources = Array.from({ length: count }, (_, index) => `r${index + 1}`)
  const datagram = { transport: 'datagram' } as const
  return {
    protocol: protocol<Message>({ prepared: datagram, commit: datagram, abort: datagram } as never),
    nodes: [
      ...resources.map((id) => ({ id, role: 'resource', machine: resource })),
      { id: MANAGER, role: 'manager', machine: () => manager(resources) },
    ],
    role: 'resource',
    properties: [
      always('all decide alike', (view) => {
        const all = progressOf(view)
        return all.includes('committed') && all.includes('aborted') ? 'one committed and another aborted' : undefined
      }),
      sometimes('all commit', (view) => progressOf(view).filter((one) => one === 'committed').length === count),
      sometimes('all abort', (view) => progressOf(view).filter((one) => one === 'aborted').length === count),
    ],
  }
}
