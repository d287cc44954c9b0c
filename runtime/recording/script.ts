import type { Output } from '../host/input-tap.ts'
import { Digests } from './digest.ts'
import type { RecordedOutcome, RecordedStep } from './layout.ts'

/** Where a replayed handler does other than the recorded one did, in a clause: "it sends … to n2, and recorded was …". */
export class Divergence extends Error {
  override readonly name = 'Divergence'
}

type Answered = Extract<RecordedStep, { readonly answer: number }>

/** What a handler did when it was recorded, step for step, held against what it does now. */
export class Script {
  /** The first difference; a machine that catches errors cannot hide it. */
  divergence: Divergence | undefined
  private readonly steps: readonly RecordedStep[]
  private readonly digests = new Digests()
  private place = 0

  constructor({ steps }: RecordedOutcome) {
    this.steps = steps
  }

  said(output: Output): Extract<RecordedStep, { readonly kind: 'said' }> {
    const step = this.steps[this.place++]
    if (step?.kind !== 'said' || step.what !== output.kind)
      throw this.differ(`${wordsOf(output)}; recorded was ${recorded(step)}`)
    if (step.digest !== this.digests.of(output)) throw this.differ(`${wordsOf(output)}; recorded was another content`)
    return step
  }

  failure(): { readonly code: string; readonly path: string } | undefined {
    const step = this.steps[this.place]
    if (step?.kind !== 'failed') return undefined
    this.place++
    return step
  }

  found(kind: 'read' | 'listed', digest: number, what: string): void {
    const step = this.steps[this.place++]
    if (step?.kind !== kind) throw this.differ(`it asks for ${what}; recorded was ${recorded(step)}`)
    if (step.digest !== digest) throw this.differ(`${what} gave other than the node had written`)
  }

  answer(question: Answered['kind']): number {
    const step = this.steps[this.place++]
    if (step?.kind !== question) throw this.differ(`it asks for the ${question}; recorded was ${recorded(step)}`)
    return step.answer
  }

  /** The handler is over: nothing that was recorded may be left. */
  finish(): void {
    const step = this.steps[this.place]
    if (step !== undefined && this.divergence === undefined) this.differ(`it ends; recorded was ${recorded(step)}`)
  }

  differ(clause: string): Divergence {
    this.divergence ??= new Divergence(clause)
    return this.divergence
  }
}

/** What a machine says, in a clause. */
export function wordsOf(output: Output): string {
  switch (output.kind) {
    case 'send':
      return `it sends ${output.message.type} to ${output.to}`
    case 'timer':
      return `it arms the timer ${nameOf(output.timer)} for ${output.delayMs} ms`
    case 'cancel':
      return `it cancels the timer ${nameOf(output.timer)}`
    case 'note':
      return `it notes "${output.event}"`
    case 'introduce':
      return `it introduces ${output.peer}`
    case 'exit':
      return `it exits: ${output.reason}`
    case 'write':
      return `it writes ${output.bytes.length} bytes to ${output.path}`
    case 'truncate':
      return `it cuts ${output.path} to ${output.length} bytes`
    case 'rename':
      return `it renames ${output.path} to ${output.to}`
    case 'remove':
      return `it removes ${output.path}`
    case 'sync':
      return 'it syncs its disk'
    case 'history':
      return `it tells its history ${output.step} of operation ${output.operation}`
  }
}

function nameOf(timer: Extract<Output, { readonly kind: 'timer' }>['timer']): string {
  return typeof timer === 'string' ? timer : timer.type
}

function recorded(step: RecordedStep | undefined): string {
  if (step === undefined) return 'the end of the handler'
  switch (step.kind) {
    case 'said':
      return `"${step.what}"`
    case 'failed':
      return `${step.code} of ${step.path}`
    case 'read':
      return 'a read'
    case 'listed':
      return 'a list of files'
    default:
      return `a question for the ${step.kind}`
  }
}
