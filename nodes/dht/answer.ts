import type { Answer } from './requests.ts'
import type { Asker, DhtContext } from './state.ts'

/** To the client, or to the node that forwarded its request. */
export function answerTo(ctx: DhtContext, { node, id, isForwarded }: Asker, answer: Answer): void {
  ctx.send(node, isForwarded ? { type: 'Forwarded', id, answer } : { type: 'Answer', id, answer })
}
