import { differences } from './differences.ts'
import { counted, finding, judgementOf, listed } from './finding.ts'
import type { Finding } from './finding.ts'
import { hasAnswer } from '../history.ts'
import type { History, Operation } from '../history.ts'
import { identity } from './identity.ts'
import { actionOf, valuesOf } from '../history.ts'
import { asking } from './input.ts'
import { asProperty } from './judge.ts'
import type { Judgement, JudgeOptions } from './judge.ts'
import { returnTime, seconds } from '../linearizability/sentences.ts'
import { inWords, samePlain } from '../plain.ts'
import type { HistoryProperty } from '../property.ts'

/** Answers all that the replica holds; any other action changes it. */
export interface ConvergenceInput {
  readonly action: 'read'
  /** The replica that was asked; the process stands for one, unless given. */
  readonly replica?: unknown
}

export interface ConvergenceOptions extends JudgeOptions {
  /** From when on the replicas must have come together; when the last update had returned, unless given. */
  readonly calmAtMs?: number
  /** True where the answers are collections, and must have every value that an `add` put in for certain. */
  readonly keepsAdded?: boolean
}

const NAME = 'convergence'

/**
 * After the calm, the last read of each replica answers the same. A replica that was read before, but not in the calm,
 * leaves the verdict `unknown`, unless others differ already.
 */
export function judgeConvergence(history: History<any, any>, options: ConvergenceOptions = {}): Judgement {
  const { name = NAME, keepsAdded = false } = options
  const reads = asking<ConvergenceInput>(history, 'read')
  const calmAtMs = options.calmAtMs ?? lastUpdateMs(history)
  const replicas = new Map(reads.map((read) => [identity(replicaOf(read)), replicaOf(read)]))
  const last = new Map<unknown, Operation<ConvergenceInput>>()
  for (const read of reads) {
    if (!hasAnswer(read) || read.invokedAtMs < calmAtMs) continue
    const replica = identity(replicaOf(read))
    const before = last.get(replica)
    if (before === undefined || before.invokedAtMs <= read.invokedAtMs) last.set(replica, read)
  }
  const [first, ...others] = last.values()
  const apart = others.filter(({ output }) => !samePlain(output, first!.output))
  const added = keepsAdded ? certainlyAdded(history) : []
  const findings = [diverged(first, apart, last.size), incomplete([...last.values()], added)]
  const figures = [
    { name: 'replicas', value: replicas.size },
    { name: 'read in the calm', value: last.size },
    { name: 'apart', value: apart.length },
  ]
  const judgement = judgementOf(name, history.length, findings, figures)
  const unread = [...replicas].filter(([replica]) => !last.has(replica)).map(([, replica]) => inWords(replica))
  if (judgement.verdict !== 'ok' || unread.length === 0) return judgement
  const reason = `${name}: no read of ${unread.join(', ')} came back after ${seconds(calmAtMs)}, when the calm began`
  return { verdict: 'unknown', steps: history.length, reason, figures }
}

/** The history property that all replicas answer the same in the calm. */
export function convergence(options: ConvergenceOptions = {}): HistoryProperty {
  return asProperty(NAME, judgeConvergence, options, false)
}

function replicaOf({ input, process }: Operation<ConvergenceInput>): unknown {
  return input.replica ?? process
}

function lastUpdateMs(history: History): number {
  return history
    .filter((operation) => actionOf(operation) !== 'read' && operation.outcome !== 'fail')
    .reduce(
      (last, { invokedAtMs, returnedAtMs }) => Math.max(last, returnedAtMs === Infinity ? invokedAtMs : returnedAtMs),
      0,
    )
}

function certainlyAdded(history: History): readonly Operation<{ readonly value: unknown }>[] {
  return history.filter((operation) => actionOf(operation) === 'add' && operation.outcome === 'ok') as Operation<{
    readonly value: unknown
  }>[]
}

function diverged(
  first: Operation<ConvergenceInput> | undefined,
  apart: readonly Operation<ConvergenceInput>[],
  count: number,
): Finding | undefined {
  const [other] = apart
  if (first === undefined || other === undefined) return undefined
  return finding([first, other], (name) => {
    const [left, right] = first.invokedAtMs <= other.invokedAtMs ? [first, other] : [other, first]
    const told = differences(left.output, right.output, [name(left), name(right)])
    return {
      shape: 'replicas differ',
      summary: `${apart.length} of ${counted(count, 'replica')} hold something else than ${inWords(replicaOf(first))} in the calm`,
      because: [left, right]
        .map((read) => `${name(read)} is the last read of ${inWords(replicaOf(read))}, at ${returnTime(read)}`)
        .concat(`However ${told.join(', ')}: a contradiction`),
    }
  })
}

function incomplete(
  reads: readonly Operation<ConvergenceInput>[],
  added: readonly Operation<{ readonly value: unknown }>[],
): Finding | undefined {
  for (const read of reads) {
    const present = new Set((valuesOf(read.output) ?? []).map(identity))
    const missing = added.filter(({ input }) => !present.has(identity(input.value)))
    const [add] = missing
    if (add === undefined) continue
    return finding([add, read], (name) => ({
      shape: 'lost value',
      summary: `${counted(missing.length, 'value')} missing in the calm: ${listed(missing.map(({ input }) => input.value))}`,
      because: [
        `${name(add)} added ${inWords(add.input.value)}, and returned at ${returnTime(add)}`,
        `However ${name(read)}, the last read of ${inWords(replicaOf(read))}, does not have it: a contradiction`,
      ],
    }))
  }
  return undefined
}
