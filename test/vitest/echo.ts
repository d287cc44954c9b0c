import { afterwards, sometimes } from '../../checks/property.ts'
import { defineScenario, type ScenarioDefinition } from '../../explore/define-scenario.ts'
import { workloadClient } from '../../nodes/workload-client.ts'
import type { Machine } from '../../sim/machine.ts'
import { protocol } from '../../sim/protocol.ts'

/** A system as small as they come: servers that answer with what they were sent, or, with the bug, forget it in a restart. */
export type EchoMessage =
  | { readonly type: 'say'; readonly id: number }
  | { readonly type: 'said'; readonly id: number; readonly restarted: boolean }

const messages = protocol<EchoMessage>({
  say: { transport: 'datagram', identity: ({ id }) => id },
  said: { transport: 'datagram', identity: ({ id }) => id },
})

function echoServer(): Machine<{ readonly restarted: boolean }, EchoMessage> {
  return {
    start: (ctx) => {
      const restarted = ctx.disk.read('started') !== undefined
      if (!restarted) ctx.disk.append('started', new Uint8Array(1))
      return { restarted }
    },
    onMessage: ({ restarted }, ctx, from, message) => {
      if (message.type === 'say') ctx.send(from, { type: 'said', id: message.id, restarted })
    },
  }
}

/** Violated by every run in which a server that was killed answers. */
const neverRestarted = afterwards('no server was restarted', (history) => {
  const late = history.find(({ outcome, output }) => outcome === 'ok' && output === true)
  return late && { summary: 'a restarted server answered', operations: [late.id], because: ['T1 was answered by it'] }
})

export function echo(more: Partial<ScenarioDefinition> = {}): ReturnType<typeof defineScenario> {
  return defineScenario({
    name: 'echo',
    about: 'Servers that answer',
    protocol: messages,
    server: echoServer,
    client: ({ servers, operations }) =>
      workloadClient<EchoMessage>({
        operations,
        servers,
        timeoutMs: 100,
        request: ({ id }) => ({ type: 'say', id }),
        reply: (message) =>
          message.type === 'said' ? { operation: message.id, outcome: 'ok', output: message.restarted } : undefined,
      }),
    operation: () => ({ action: 'say' }),
    properties: ({ bug }) => (bug === 'restarts' ? [neverRestarted] : []),
    faults: { kinds: ['kill', 'loss', 'pause'] },
    bugs: [{ id: 'restarts', about: 'a kill shows', violates: 'no server was restarted', rarity: 'common' }],
    ...more,
  })
}

export const neverHappens = sometimes('pigs fly', () => false)
