import type { AuditOptions, AuditReport, DeliveryAudit } from './delivery-audit.ts'
import type { Operation } from '../history.ts'
import { identity } from './identity.ts'

interface Passage {
  readonly input: number
  readonly output: number
  readonly sent: Operation
  readonly received: Operation
}

/**
 * Records that came out after one that was sent later, where both orders are certain: an operation came before another
 * that was invoked after its return, and what one receive answers is in the order of its answer. Of
 * records that are alike it is not known which came out when, so they are left out.
 *
 * @param senders the operations of the inputs, `receivers` those of the outputs.
 */
export function overtakenInTime(
  audit: DeliveryAudit,
  senders: readonly Operation[],
  receivers: readonly Operation[],
  order: AuditOptions['order'],
): AuditReport['outOfOrder'] {
  const lines = new Map<unknown, Passage[]>()
  for (const [input, { key }] of audit.inputs.entries()) {
    const output = audit.outputOf(input)
    if (output === undefined || audit.hasTwin(input) || (key === undefined && order !== 'all')) continue
    const line = order === 'all' ? undefined : identity(key)
    const passage = { input, output, sent: senders[input]!, received: receivers[output]! }
    const others = lines.get(line)
    if (others === undefined) lines.set(line, [passage])
    else others.push(passage)
  }
  return [...lines.values()].flatMap(overtakenInLine)
}

/** Of all that had been received when one was about to be, the one whose send was invoked last decides. */
function overtakenInLine(passages: readonly Passage[]): { early: number; late: number }[] {
  const byReceive = [...passages].sort(
    (left, right) => left.received.invokedAtMs - right.received.invokedAtMs || left.output - right.output,
  )
  const byReceipt = [...passages].sort((left, right) => left.received.returnedAtMs - right.received.returnedAtMs)
  const found: { early: number; late: number }[] = []
  let next = 0
  let latest: Passage | undefined
  let latestOfBatch: Passage | undefined
  for (const passage of byReceive) {
    for (; byReceipt[next] !== undefined && isBefore(byReceipt[next]!.received, passage.received); next++) {
      latest = laterSent(latest, byReceipt[next]!)
    }
    if (latestOfBatch?.received !== passage.received) latestOfBatch = undefined
    const before = [latest, latestOfBatch].find((other) => other !== undefined && isBefore(passage.sent, other.sent))
    if (before !== undefined) found.push({ early: before.input, late: passage.input })
    latestOfBatch = laterSent(latestOfBatch, passage)
  }
  return found
}

function laterSent(left: Passage | undefined, right: Passage): Passage {
  return left === undefined || right.sent.invokedAtMs > left.sent.invokedAtMs ? right : left
}

/** A send that nobody knows about may have taken effect at any later time. */
function isBefore(left: Operation, right: Operation): boolean {
  return left.outcome === 'ok' && left.returnedAtMs < right.invokedAtMs
}
