import { Configuration } from './configuration.ts'
import type { Model } from '../model.ts'
import type { OrderGraph } from './order-graph.ts'
import { canonical } from '../plain.ts'
import type { Step, Steps } from './steps.ts'

export interface Interleaving {
  readonly verdict: 'ok' | 'violated' | 'unknown'
  /** The whole order where it is ok, otherwise the longest that was found. */
  readonly order: readonly Step[]
  /** What the processes would have gone on with after it. */
  readonly stuck: readonly Step[]
  /** The states of the objects after it, by their numbers. */
  readonly states: readonly unknown[]
  readonly stepsTaken: number
}

/** What has been tried at one point of the search: how long the order was, and the steps that may come next. */
interface Frame {
  readonly length: number
  readonly candidates: readonly Step[]
  next: number
}

/**
 * An order of all steps that keeps that of each chain and what the graph has, and that the model accepts. Depth first,
 * with memory of where it has been; what was over first in time is tried first, as most histories are nearly in the
 * order of time. Steps that change nothing are put in order as soon as they fit: it takes nothing from what follows.
 *
 * P. Gibbons and E. Korach, "Testing shared memories", 1997, show that to decide this is NP-complete.
 *
 * @param members steps that must be in the order, `optional` those that may be.
 */
export function interleave(
  steps: Steps,
  members: readonly Step[],
  optional: readonly Step[],
  graph: OrderGraph,
  model: Model,
  budgetSteps: number,
): Interleaving {
  return new Search(steps, members, optional, graph, model, budgetSteps).run()
}

class Search {
  private readonly chains: readonly (readonly Step[])[]
  private readonly deadlines: Float64Array
  /** For each step, how many of those right before it are not in order yet; and which it is right before. */
  private readonly missing: Int32Array
  private readonly followers: number[][]
  private readonly model: Model
  private readonly isMember: readonly boolean[]
  private readonly budgetSteps: number
  private readonly required: number
  /** At first the place that each chain is at, then the number of the state of each object. */
  private readonly now: Configuration
  private readonly objects: number
  private readonly values: unknown[] = []
  private readonly numbers = new Map<string, number>()
  /** Configurations from which no order goes on to the end. */
  private readonly dead = new Set<number>()
  private readonly order: Step[] = []
  private readonly before: number[] = []
  private ordered = 0
  private stepsTaken = 0
  private longest: readonly Step[] = []
  private stuck: readonly Step[] = []
  private statesThen: readonly unknown[] = []

  constructor(
    { steps, chains, objects }: Steps,
    members: readonly Step[],
    optional: readonly Step[],
    graph: OrderGraph,
    model: Model,
    budgetSteps: number,
  ) {
    const used = new Set([...members, ...optional])
    this.chains = chains.filter(([first]) => used.has(first!))
    const required = new Set(members)
    this.isMember = steps.map((step) => required.has(step))
    this.deadlines = graph.deadlines()
    this.missing = new Int32Array(steps.length)
    this.followers = steps.map(() => [])
    for (const step of used) {
      for (const before of graph.before(step)) {
        this.missing[step.number]! += 1
        this.followers[before.number]!.push(step.number)
      }
    }
    this.model = model
    this.budgetSteps = budgetSteps
    this.required = members.length
    this.objects = chains.length
    this.now = new Configuration(chains.length + objects.length)
    const initial = this.numberOf(model.init())
    for (const object of objects.keys()) this.now.set(this.objects + object, initial)
  }

  run(): Interleaving {
    this.settle()
    const frames: Frame[] = [this.frame()]
    while (frames.length > 0) {
      if (this.ordered === this.required) return this.result('ok')
      if (this.stepsTaken >= this.budgetSteps) return this.result('unknown')
      const top = frames.at(-1)!
      const step = top.candidates[top.next]
      if (step === undefined) {
        this.remember(top)
        this.dead.add(this.now.whole)
        frames.pop()
        this.undo(frames.at(-1)?.length ?? 0)
        continue
      }
      top.next += 1
      if (!this.take(step)) continue
      this.settle()
      if (this.dead.size > 0 && this.dead.has(this.now.whole)) this.undo(top.length)
      else frames.push(this.frame())
    }
    return this.result('violated')
  }

  private frame(): Frame {
    const candidates = this.heads()
      .filter((step) => this.isReady(step) && !this.isReadOnly(step))
      .sort((left, right) => this.compare(left, right))
    return { length: this.order.length, candidates, next: 0 }
  }

  /** The next step of each chain that has one. */
  private heads(): Step[] {
    return this.chains.flatMap((chain) => chain[this.now.at(chain[0]!.chain)] ?? [])
  }

  private compare(left: Step, right: Step): number {
    const [leftMs, rightMs] = [this.deadlines[left.number]!, this.deadlines[right.number]!]
    return leftMs === rightMs ? left.number - right.number : leftMs - rightMs
  }

  private isReady(step: Step): boolean {
    return this.missing[step.number] === 0
  }

  private isReadOnly({ input, output }: Step): boolean {
    return this.model.readOnly?.(input, output) ?? false
  }

  private settle(): void {
    for (let found = true; found;) {
      found = false
      for (const step of this.heads()) {
        if (this.isReadOnly(step) && this.isReady(step) && this.take(step)) found = true
      }
    }
  }

  /** Puts a step in order, if the model accepts it; one that may be left out only where it changes something. */
  private take(step: Step): boolean {
    this.stepsTaken += 1
    const place = this.objects + step.object
    const before = this.now.at(place)
    const state: unknown = this.model.step(this.values[before], step.input, step.output)
    if (state === undefined) return false
    const after = this.numberOf(state)
    if (after === before && !this.isMember[step.number]) return false
    this.order.push(step)
    this.before.push(before)
    this.now.set(place, after)
    this.now.set(step.chain, step.place + 1)
    for (const follower of this.followers[step.number]!) this.missing[follower]! -= 1
    if (this.isMember[step.number]) this.ordered += 1
    return true
  }

  private undo(length: number): void {
    while (this.order.length > length) {
      const step = this.order.pop()!
      this.now.set(this.objects + step.object, this.before.pop()!)
      this.now.set(step.chain, step.place)
      for (const follower of this.followers[step.number]!) this.missing[follower]! += 1
      if (this.isMember[step.number]) this.ordered -= 1
    }
  }

  private numberOf(state: unknown): number {
    const key =
      typeof state === 'object' && state !== null ? (this.model.identity ?? canonical)(state) : canonical(state)
    const known = this.numbers.get(String(key))
    if (known !== undefined) return known
    this.numbers.set(String(key), this.values.length)
    return this.values.push(state) - 1
  }

  private remember({ length }: Frame): void {
    if (length <= this.longest.length && this.longest.length > 0) return
    this.longest = this.order.slice(0, length)
    this.stuck = this.heads().filter(({ number }) => this.isMember[number])
    this.statesThen = this.states()
  }

  private states(): readonly unknown[] {
    const count = this.now.length - this.objects
    return Array.from({ length: count }, (_, object) => this.values[this.now.at(this.objects + object)])
  }

  private result(verdict: Interleaving['verdict']): Interleaving {
    const { order, longest, stuck, statesThen, stepsTaken } = this
    if (verdict === 'ok' || (verdict === 'unknown' && order.length > longest.length)) {
      return { verdict, order, stuck: this.heads(), states: this.states(), stepsTaken }
    }
    return { verdict, order: longest, stuck, states: statesThen, stepsTaken }
  }
}
