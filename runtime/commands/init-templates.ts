/** The files that `petrel init` writes. Import specifiers end in `.js`, which every module resolution of TypeScript takes. */

export const SYSTEM = `import {
  appendRecord, casRegister, defineScenario, linearizable, protocol, recoverJournal, syncJournal, workloadClient,
  type Journal, type Machine,
} from 'petrel'

type Input = { readonly action: 'read' } | { readonly action: 'write'; readonly value: string }

/** A register that clients read and write over a network that loses, doubles and delays what they say. */
export type Message =
  | { readonly type: 'ask'; readonly id: number; readonly input: Input }
  | { readonly type: 'answer'; readonly id: number; readonly output: string | null }

interface State {
  readonly journal: Journal
  /** Writes that are done: a message may come twice. */
  readonly done: Set<number>
  value: string | null
}

const messages = protocol<Message>({
  ask: { transport: 'datagram', identity: ({ id }) => id },
  answer: { transport: 'datagram', identity: ({ id }) => id },
})

/** The system under test: replace it with yours. \`skipsSync\` is a bug that you can plant. */
export function registerServer(options: { readonly skipsSync: boolean }): Machine<State, Message> {
  return {
    start: (ctx) => {
      const recovered = recoverJournal(ctx.disk, 'writes')
      const writes = (recovered?.records ?? []) as readonly (readonly [id: number, value: string])[]
      return {
        journal: recovered?.journal ?? { path: 'writes', length: 0, syncedLength: 0 },
        done: new Set(writes.map(([id]) => id)),
        value: writes.at(-1)?.[1] ?? null,
      }
    },
    onMessage: (state, ctx, from, message) => {
      if (message.type !== 'ask') return
      const { id, input } = message
      if (input.action === 'write' && !state.done.has(id)) {
        state.done.add(id)
        state.value = input.value
        appendRecord(state.journal, ctx.disk, [id, state.value])
      }
      // What is sent after a sync waits until the disk has kept what was written before it.
      if (!options.skipsSync) syncJournal(state.journal, ctx.disk)
      ctx.send(from, { type: 'answer', id, output: state.value })
    },
  }
}

/** What is run with thousands of seeds: servers, clients, faults, and what must hold whatever happens. */
export const register = defineScenario({
  name: 'register',
  about: 'A register on one server that must not forget what it acknowledged',
  protocol: messages,
  defaults: { nodes: 1, clients: 3, operations: 60, durationMs: 5000 },
  server: ({ bug }) => registerServer({ skipsSync: bug === 'skips-sync' }),
  client: ({ servers, operations }) => workloadClient<Message, Input>({
    operations,
    servers,
    timeoutMs: 100,
    request: ({ id, input }) => ({ type: 'ask', id, input }),
    reply: (message) =>
      message.type === 'answer' ? { operation: message.id, outcome: 'ok', output: message.output } : undefined,
  }),
  operation: (random, index) =>
    random.chance(0.5) ? { action: 'write', value: \`\${index}-\${random.integer(0, 9999)}\` } : { action: 'read' },
  properties: [linearizable(casRegister)],
  bugs: [{
    id: 'skips-sync',
    about: 'the server answers without waiting for its disk',
    violates: 'linearizable',
    rarity: 'common',
  }],
})
`

export const TEST = `import { simulationTest } from 'petrel/vitest'
import { register } from './register.js'

simulationTest('the register never forgets what it acknowledged', register, { runs: 200 })

// A test that has never failed proves little: this one passes only where the planted bug is found.
simulationTest('a server that does not wait for its disk is found out', register, {
  bug: 'skips-sync',
  runs: 200,
  expectFail: true,
})
`

export const CONFIG = `import { defineConfig } from 'petrel'
import { register } from './simulation/register.js'

/** What \`petrel run\`, \`petrel list\` and \`petrel replay\` know beside Petrel's own scenarios. */
export default defineConfig({ scenarios: [register] })
`

export const PACKAGE = `{
  "private": true,
  "type": "module",
  "scripts": {
    "test": "vitest run"
  }
}
`

/** Makes the folder's files ES modules in a project that is CommonJS. */
export const MODULE_FOLDER = `{
  "private": true,
  "type": "module"
}
`
