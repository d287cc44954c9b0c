import { asRegister } from './as-register.ts'
import { callsOf } from './calls-of.ts'
import { minimalCore, withoutNeedless } from './core.ts'
import type { Entry } from './entry.ts'
import { violationOf } from './evidence.ts'
import type { Model } from '../model.ts'
import type { Budget } from './moves.ts'
import { Operations } from './operations.ts'
import { Search } from './search.ts'
import type { SearchResult } from './search.ts'
import type { SpecialistVerdict } from './specialist.ts'
import { specialists } from './specialists/index.ts'
import type { Order, Verdict, Violation } from '../verdict.ts'

/** To make a violation small may take this many steps, and this many times those that the verdict took. */
const EVIDENCE_STEPS = 50_000
const EVIDENCE_FACTOR = 10

/** The operations of one key on trial: first before the specialists, and then a search that takes turns with others. */
export class Trial<Input = unknown, Output = unknown> {
  private readonly key: string | undefined
  private readonly entries: readonly Entry<Input, Output>[]
  private readonly model: Model<any, Input, Output>
  private special: SpecialistVerdict<Input, Output> | undefined
  private operations: Operations<Input, Output> | undefined
  private search: Search<Input, Output> | undefined
  private found: SearchResult<Input, Output> | undefined
  private steps = 0

  constructor(key: string | undefined, entries: readonly Entry<Input, Output>[], model: Model<any, Input, Output>) {
    this.key = key
    this.entries = entries
    this.model = model
  }

  get verdict(): Verdict['verdict'] {
    return this.special?.verdict ?? this.found?.verdict ?? 'unknown'
  }

  /** Goes on for some steps, while it is undecided. */
  proceed(budget: Budget, sliceSteps: number): void {
    const before = budget.stepsLeft
    if (!this.search) this.special = firstAnswer(this.entries, this.model)
    if (this.special) {
      budget.stepsLeft = Math.max(0, before - this.special.steps)
    } else {
      this.search ??= new Search(this.laidOut(), 'race')
      const slice = { stepsLeft: Math.min(sliceSteps, before) }
      budget.stepsLeft -= slice.stepsLeft
      this.found = this.search.run(slice)
      budget.stepsLeft += slice.stepsLeft
    }
    this.steps += before - budget.stepsLeft
    // A search is large, and what it found holds on to what is still needed.
    if (this.verdict !== 'unknown') this.search = undefined
  }

  /** Undefined unless an order was found. */
  order(): Order | undefined {
    const order = this.special?.verdict === 'ok' ? this.special.order() : this.found?.order?.()
    return order && { key: this.key, order: order.map(({ operation }) => operation.id) }
  }

  /** Undefined unless it was condemned. */
  violation(name: string, budgetSteps: number): Violation | undefined {
    if (this.verdict !== 'violated') return undefined
    const budget = { stepsLeft: Math.min(budgetSteps, EVIDENCE_STEPS + EVIDENCE_FACTOR * this.steps) }
    const core = this.core(budget)
    const property = this.key === undefined ? name : `${name}(${this.key})`
    return { property, ...violationOf(core, this.entries, this.laidOut().calls, this.found?.blocked) }
  }

  /** How far it came. */
  reached() {
    return { key: this.key, ordered: this.found?.ordered ?? 0, of: this.found?.of ?? this.entries.length }
  }

  /** A specialist's core has nothing to spare, but answers of writes may still be forgotten. */
  private core(budget: Budget): readonly Entry<Input, Output>[] {
    if (this.special?.verdict !== 'violated') {
      const core = minimalCore(this.laidOut(), this.found!.blocked!, budget, this.steps)
      const simpler = asRegister(this.model, core)
      return simpler === this.model ? core : withoutNeedless(new Operations(core, callsOf(simpler)), budget, this.steps)
    }
    const core = this.special.core()
    return this.model.register ? withoutNeedless(new Operations(core, this.laidOut().calls), budget) : core
  }

  private laidOut(): Operations<Input, Output> {
    return (this.operations ??= new Operations(this.entries, callsOf(this.model)))
  }
}

function firstAnswer<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  model: Model<any, Input, Output>,
): SpecialistVerdict<Input, Output> | undefined {
  for (const specialist of specialists) {
    const verdict = specialist(entries, model)
    if (verdict) return verdict
  }
  return undefined
}
