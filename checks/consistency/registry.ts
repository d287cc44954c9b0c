import { judgeCausal } from './causal.ts'
import type { CausalLevel } from './causal.ts'
import type { History } from '../history.ts'
import type { Judgement, JudgeOptions } from '../judges/judge.ts'
import type { Model } from '../model.ts'
import { judgeSequential } from './sequential.ts'
import { judgeSessions } from './sessions.ts'
import type { Guarantee } from './versions.ts'

/** How strict a history is judged against a model, as a command lists it and calls it by name. */
export interface ListedConsistency {
  readonly name: string
  /** What it asks of a history, in a phrase. */
  readonly about: string
  /** True where it judges only models with a register view. */
  readonly registersOnly: boolean
  /** `budgetSteps` counts only where an order is searched for. */
  readonly judge: (
    history: History<any, any>,
    model: Model,
    options?: JudgeOptions & { readonly budgetSteps?: number },
  ) => Judgement
}

/** All that are weaker than linearizable, the strictest first. */
export const CONSISTENCIES: readonly ListedConsistency[] = [
  {
    name: 'sequential',
    about: 'one order of all operations that keeps to the order of each process',
    registersOnly: false,
    judge: judgeSequential,
  },
  causality('causal-convergent', 'convergent', 'causal, and all processes agree about the order of writes'),
  causality('causal-memory', 'memory', 'causal, and each process can put what it saw in one order'),
  causality('causal', 'causal', 'nobody reads what they could know to be overwritten'),
  guarantees(
    'sessions',
    ['read your writes', 'monotonic reads', 'monotonic writes', 'writes follow reads'],
    'all four session guarantees',
  ),
  guarantees('read-your-writes', ['read your writes'], 'a process reads no version older than one it wrote'),
  guarantees('monotonic-reads', ['monotonic reads'], 'a process reads no version older than one it read'),
  guarantees('monotonic-writes', ['monotonic writes'], 'a process writes no version older than one it wrote'),
  guarantees('writes-follow-reads', ['writes follow reads'], 'a process writes no version older than one it read'),
]

export function consistencyNamed(name: string): ListedConsistency | undefined {
  return CONSISTENCIES.find((consistency) => consistency.name === name)
}

function causality(name: string, level: CausalLevel, about: string): ListedConsistency {
  const judge: ListedConsistency['judge'] = (history, model, options) =>
    judgeCausal(history, model, { name: options?.name ?? name, level })
  return { name, about, registersOnly: true, judge }
}

function guarantees(name: string, some: readonly Guarantee[], about: string): ListedConsistency {
  const judge: ListedConsistency['judge'] = (history, model, options) =>
    judgeSessions(history, model, { name: options?.name ?? name, guarantees: some })
  return { name, about, registersOnly: true, judge }
}
