import type { ClientReply } from './messages.ts'
import type { Asker, ChordContext } from './state.ts'

/** Tells a client how its request ended. */
export function answer(
  ctx: ChordContext,
  { client, from, serial }: Asker,
  status: ClientReply['status'],
  found: ClientReply['found'] = null,
): void {
  ctx.send(from, { type: 'ClientReply', client, serial, status, found })
}
