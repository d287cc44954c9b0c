import { DeliveryAudit } from './delivery-audit.ts'
import type { AuditOptions, AuditReport, Delivery } from './delivery-audit.ts'
import { overtakenInTime } from './delivery-order.ts'
import { breachesOf } from './delivery-words.ts'
import { finding, judgementOf } from './finding.ts'
import type { History, Operation, Outcome } from '../history.ts'
import { hasAnswer } from '../history.ts'
import { valuesOf } from '../history.ts'
import { asking } from './input.ts'
import { asProperty } from './judge.ts'
import type { Figure, Judgement, JudgeOptions } from './judge.ts'
import type { HistoryProperty } from '../property.ts'

export type ExactlyOnceInput =
  | ({ readonly action: 'send' } & Delivery)
  /** Answers a {@link Delivery}, or its bare value; an array of them; or null where there was nothing. */
  | { readonly action: 'receive' }

export interface ExactlyOnceOptions extends JudgeOptions, AuditOptions {}

const NAME = 'exactly-once'

/**
 * What was sent against what came out: lost, doubled, altered, out of order, or never sent. Everything must have been
 * received at the end of the history, or it is lost; a receive without an answer may have received a record, or any
 * number where others received several at once. Where no answer has a key, records are told apart without. Of two
 * records the order counts where one had been sent, or received, before the other was asked to be.
 */
export function judgeExactlyOnce(history: History<any, any>, options: ExactlyOnceOptions = {}): Judgement {
  const { name = NAME, mode, order } = options
  const operations = asking<ExactlyOnceInput>(history, 'send', 'receive')
  const keyless = options.keyless ?? !operations.some((operation) => deliveriesIn(operation).some(hasKey))
  const audit = new DeliveryAudit({ mode, keyless, order: 'none' })
  const senders: Operation<ExactlyOnceInput>[] = []
  const receivers: Operation<ExactlyOnceInput>[] = []
  let hidden = 0
  let inBatches = false
  for (const operation of inOrderOfReceipt(operations)) {
    const { input } = operation
    if (input.action === 'send') {
      senders.push(operation)
      audit.send(input, operation.outcome)
      continue
    }
    if (operation.outcome === 'info') hidden += 1
    inBatches ||= deliveriesIn(operation).length > 1
    for (const delivery of deliveriesIn(operation)) {
      receivers.push(operation)
      audit.receive(delivery)
    }
  }
  const books = audit.report(inBatches && hidden > 0 ? Infinity : hidden)
  const report = order === 'none' ? books : { ...books, outOfOrder: overtakenInTime(audit, senders, receivers, order) }
  const findings = breachesOf(report, audit).map(({ inputs, outputs, tell }) =>
    finding([...inputs.map((input) => senders[input]!), ...outputs.map((output) => receivers[output]!)], (nameOf) =>
      tell({ input: (input) => nameOf(senders[input]!), output: (output) => nameOf(receivers[output]!) }),
    ),
  )
  return judgementOf(name, senders.length + receivers.length, findings, figuresOf(audit, report))
}

/** The history property that all that was sent comes out once, unaltered, and in order. */
export function exactlyOnce(options: ExactlyOnceOptions = {}): HistoryProperty {
  return asProperty(NAME, judgeExactlyOnce, options, false)
}

/** Receives stand where they returned. */
function inOrderOfReceipt(operations: readonly Operation<ExactlyOnceInput>[]): readonly Operation<ExactlyOnceInput>[] {
  const sends = operations.filter(({ input }) => input.action === 'send')
  const receives = operations.filter(({ input }) => input.action === 'receive')
  return [...sends, ...receives.sort((left, right) => left.returnedAtMs - right.returnedAtMs)]
}

function hasKey({ key }: Delivery): boolean {
  return key !== undefined
}

function deliveriesIn(operation: Operation<ExactlyOnceInput>): readonly Delivery[] {
  const { input, output } = operation
  if (input.action === 'send' || !hasAnswer(operation) || output === undefined || output === null) return []
  return (valuesOf(output) ?? [output]).map(deliveryOf)
}

function deliveryOf(received: unknown): Delivery {
  return typeof received === 'object' && received !== null && 'value' in received
    ? (received as Delivery)
    : { value: received }
}

function figuresOf(audit: DeliveryAudit, report: AuditReport): readonly Figure[] {
  return [
    { name: 'sent', value: audit.inputs.length },
    { name: 'received', value: audit.received },
    { name: 'lost', value: report.lost.length },
    { name: 'doubled', value: report.doubled.length },
    { name: 'altered', value: report.altered.length },
    { name: 'unexpected', value: report.unexpected.length },
    { name: 'out of order', value: report.outOfOrder.length },
  ]
}

/** A record with a name for where it is from, or where it came out: `orders.csv:17`. */
export interface NamedDelivery extends Delivery {
  readonly source?: string
}

/**
 * The same for streams too large for a history, or without one: tell it each record that an oracle expects, and each
 * that came out, in their orders and as they come; then ask for the verdict, as often as you like.
 */
export class DeliveryJudge {
  private readonly audit: DeliveryAudit
  private readonly name: string

  constructor(options: ExactlyOnceOptions = {}) {
    this.audit = new DeliveryAudit(options)
    this.name = options.name ?? NAME
  }

  /** @param outcome `info` where nobody knows whether it was sent, `fail` where it was not. */
  expect(delivery: NamedDelivery, outcome: Outcome = 'ok'): void {
    this.audit.send(delivery, outcome)
  }

  receive(delivery: NamedDelivery): void {
    this.audit.receive(delivery)
  }

  verdict(): Judgement {
    const { audit, name } = this
    const report = audit.report()
    const named = (side: string, place: number, delivery: NamedDelivery | undefined): string =>
      delivery?.source === undefined ? `${side} ${place + 1}` : `${side} ${place + 1} (${delivery.source})`
    const findings = breachesOf(report, audit).map(({ tell }) => ({
      operations: [],
      ...tell({
        input: (input) => named('input', input, audit.inputs[input]),
        output: (output) => named('output', output, audit.oddOutputs.get(output)),
      }),
    }))
    return judgementOf(name, audit.inputs.length + audit.received, findings, figuresOf(audit, report))
  }
}
