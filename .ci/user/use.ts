import type { Machine } from 'petrel'
import { dictionary, linearizable } from 'petrel/checks'

/** The types as a user sees them: without Node's, and with the library's own checked too. */
export const echo: Machine<{ count: number }, { readonly type: 'ping' }> = {
  start: () => ({ count: 0 }),
  onMessage: (state, ctx, from, message) => {
    state.count += 1
    ctx.send(from, message)
  },
}

export const property = linearizable(dictionary)
