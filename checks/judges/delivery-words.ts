import type { AuditReport, Delivery, DeliveryAudit } from './delivery-audit.ts'
import { counted, listed } from './finding.ts'
import { inWords } from '../plain.ts'
import type { Violation } from '../verdict.ts'

/** How sentences call what was sent and what came out: by operations (`T1`), or by places (`input 3`). */
export interface DeliveryNames {
  readonly input: (input: number) => string
  readonly output: (output: number) => string
}

/** One kind of breach at its first example; the sentences are made when it is known how all are called. */
export interface DeliveryBreach {
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly tell: (names: DeliveryNames) => Pick<Violation, 'shape' | 'summary' | 'because'>
}

export function breachesOf(report: AuditReport, audit: DeliveryAudit): readonly DeliveryBreach[] {
  const breaches = [
    lost(report, audit),
    doubled(report, audit),
    altered(report, audit),
    unexpected(report, audit),
    outOfOrder(report, audit),
  ]
  return breaches.flatMap((breach) => (breach === undefined ? [] : [breach]))
}

function words({ id, key, value }: Delivery): string {
  const of = key === undefined ? '' : ` of ${inWords(key)}`
  return `${inWords(value)}${of}${id === undefined ? '' : ` (id ${inWords(id)})`}`
}

function valuesOf(audit: DeliveryAudit, inputs: readonly number[]): string {
  return listed(inputs.map((input) => audit.inputs[input]!.id ?? audit.inputs[input]!.value))
}

function lost({ lost: missing }: AuditReport, audit: DeliveryAudit): DeliveryBreach | undefined {
  const [input] = missing
  if (input === undefined) return undefined
  return {
    inputs: [input],
    outputs: [],
    tell: (names) => ({
      shape: 'lost record',
      summary: `${counted(missing.length, 'record')} never came out: ${valuesOf(audit, missing)}`,
      because: [
        `${names.input(input)} sent ${words(audit.inputs[input]!)}`,
        `However it never came out: a contradiction`,
      ],
    }),
  }
}

function doubled({ doubled: repeated }: AuditReport, audit: DeliveryAudit): DeliveryBreach | undefined {
  const [breach] = repeated
  if (breach === undefined) return undefined
  const { input, first, again } = breach
  const inputs = [...new Set(repeated.map((one) => one.input))]
  return {
    inputs: [input],
    outputs: [first, again],
    tell: (names) => ({
      shape: 'doubled record',
      summary: `${counted(inputs.length, 'record')} came out more often than sent: ${valuesOf(audit, inputs)}`,
      because: [
        `${names.input(input)} sent ${words(audit.inputs[input]!)}`,
        `It came out as ${names.output(first)}`,
        `However it came out again, as ${names.output(again)}: a contradiction`,
      ],
    }),
  }
}

function altered({ altered: changed }: AuditReport, audit: DeliveryAudit): DeliveryBreach | undefined {
  const [breach] = changed
  if (breach === undefined) return undefined
  const { input, output } = breach
  return {
    inputs: [input],
    outputs: [output],
    tell: (names) => ({
      shape: 'altered record',
      summary: `${counted(changed.length, 'record')} came out as something else: ${valuesOf(
        audit,
        changed.map((one) => one.input),
      )}`,
      because: [
        `${names.input(input)} sent ${words(audit.inputs[input]!)}`,
        `However ${names.output(output)} is ${words(audit.oddOutputs.get(output)!)} in its place: a contradiction`,
      ],
    }),
  }
}

function unexpected({ unexpected: strange }: AuditReport, audit: DeliveryAudit): DeliveryBreach | undefined {
  const [breach] = strange
  if (breach === undefined) return undefined
  const { output, failed } = breach
  const values = strange.map((one) => audit.oddOutputs.get(one.output)!.value)
  const what = words(audit.oddOutputs.get(output)!)
  return {
    inputs: failed === undefined ? [] : [failed],
    outputs: [output],
    tell: (names) => ({
      shape: failed === undefined ? 'record nobody sent' : 'record of a failed send',
      summary: `${counted(strange.length, 'record')} came out that nobody had sent: ${listed(values)}`,
      because:
        failed === undefined
          ? [`${names.output(output)} is ${what}, which nobody sent: a contradiction`]
          : [
              `${names.input(failed)} failed to send ${what}`,
              `However ${names.output(output)} is ${what}: a contradiction`,
            ],
    }),
  }
}

function outOfOrder({ outOfOrder: overtaken }: AuditReport, audit: DeliveryAudit): DeliveryBreach | undefined {
  const [breach] = overtaken
  if (breach === undefined) return undefined
  const { early, late } = breach
  const [sooner, later] = [audit.outputOf(early)!, audit.outputOf(late)!]
  const lateOnes = overtaken.map((one) => one.late)
  return {
    inputs: [late, early],
    outputs: [sooner, later],
    tell: (names) => ({
      shape: 'out of order',
      summary: `${counted(overtaken.length, 'record')} came out after one that was sent later: ${valuesOf(audit, lateOnes)}`,
      because: [
        `${names.input(late)} sent ${words(audit.inputs[late]!)} before ${names.input(early)} sent ${words(audit.inputs[early]!)}`,
        `However ${words(audit.inputs[early]!)} came out first, as ${names.output(sooner)}, and the other after it, as ${names.output(later)}: a contradiction`,
      ],
    }),
  }
}
