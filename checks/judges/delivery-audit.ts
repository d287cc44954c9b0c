import type { Outcome } from '../history.ts'
import { identity } from './identity.ts'
import { canonical, samePlain } from '../plain.ts'

/** Something that is sent, and should come out at the other end. */
export interface Delivery {
  readonly value: unknown
  /** What order is kept within: a partition, a customer. */
  readonly key?: unknown
  /** Tells records apart; those without are told apart by key and value. */
  readonly id?: unknown
}

export interface AuditOptions {
  /** How often what was sent for certain must come out: `exactly-once`, unless given. */
  readonly mode?: 'exactly-once' | 'at-least-once' | 'at-most-once' | undefined
  /** Which records come out in the order they were sent in: those of the same key, unless given. */
  readonly order?: 'per key' | 'all' | 'none'
  /** True where what comes out does not tell its key: then only ids, or else values, tell records apart. */
  readonly keyless?: boolean
}

/** What is wrong. Inputs and outputs are numbers, counted from 0 in the order in which they were told. */
export interface AuditReport {
  readonly lost: readonly number[]
  /** `first` is the output that the input had come out as. */
  readonly doubled: readonly { readonly input: number; readonly first: number; readonly again: number }[]
  readonly altered: readonly { readonly input: number; readonly output: number }[]
  /** Nobody sent it, or somebody did who failed. */
  readonly unexpected: readonly { readonly output: number; readonly failed: number | undefined }[]
  /** Inputs: `late` was sent before `early`, and came out after it. */
  readonly outOfOrder: readonly { readonly early: number; readonly late: number }[]
}

const NONE = -1

/**
 * The books on what was sent against what came out. Records are told one at a time, in any mixture of both sides; kept
 * are a row of numbers for each that was sent, and the few that did not come out as they should. Of records that are
 * alike, the first to come out counts for the first that was sent.
 */
export class DeliveryAudit {
  /** What was sent, by its number. */
  readonly inputs: Delivery[] = []
  /** What came out, by its number, where it was not what was sent. */
  readonly oddOutputs = new Map<number, Delivery>()
  private outputCount = 0
  private readonly options: AuditOptions
  private readonly certain: boolean[] = []
  private readonly cameOutAs: number[] = []
  /** The first of all inputs that are alike stands for them; at its place are the last, and the next to come out. */
  private readonly alike = new Map<unknown, number>()
  private readonly nextAlike: number[] = []
  private readonly lastAlike: number[] = []
  private readonly awaited: number[] = []
  /** Inputs that another is like. */
  private readonly twins = new Set<number>()
  private readonly failed = new Map<unknown, number>()
  private surplus: { readonly output: number; readonly delivery: Delivery }[] = []
  private readonly altered: { readonly input: number; readonly output: number }[] = []

  constructor(options: AuditOptions = {}) {
    this.options = options
  }

  get received(): number {
    return this.outputCount
  }

  /** True where another input is like it, so that it may be the other that came out. */
  hasTwin(input: number): boolean {
    return this.twins.has(input)
  }

  outputOf(input: number): number | undefined {
    const output = this.cameOutAs[input]
    return output === NONE ? undefined : output
  }

  /** @param outcome `info` where nobody knows whether it was sent, `fail` where it was not. */
  send(delivery: Delivery, outcome: Outcome = 'ok'): void {
    const input = this.inputs.push(delivery) - 1
    this.certain.push(outcome === 'ok')
    this.cameOutAs.push(NONE)
    this.nextAlike.push(NONE)
    this.lastAlike.push(input)
    this.awaited.push(input)
    const key = this.identityOf(delivery)
    if (outcome === 'fail') {
      if (!this.failed.has(key)) this.failed.set(key, input)
      return
    }
    const first = this.alike.get(key)
    if (first === undefined) {
      this.alike.set(key, input)
      return
    }
    this.twins.add(first).add(input)
    this.nextAlike[this.lastAlike[first]!] = input
    this.lastAlike[first] = input
    if (this.awaited[first] === NONE) this.awaited[first] = input
  }

  receive(delivery: Delivery): void {
    const output = this.outputCount
    this.outputCount += 1
    if (!this.match(delivery, output)) this.surplus.push({ output, delivery })
  }

  /** @param hidden how many records may have come out unseen: so many missing ones are not taken for lost. */
  report(hidden = 0): AuditReport {
    const { mode = 'exactly-once' } = this.options
    this.surplus = this.surplus.filter(({ output, delivery }) => !this.match(delivery, output))
    for (const { output, delivery } of this.surplus) this.oddOutputs.set(output, delivery)
    const strangers = this.surplus.filter(({ delivery }) => !this.alike.has(this.identityOf(delivery)))
    const missing = this.missing()
    const replaced = replacements(missing, strangers, this.inputs)
    const gone = missing.filter((input) => !replaced.has(input))
    const instead = new Set(replaced.values())
    return {
      lost: mode === 'at-most-once' || gone.length <= hidden ? [] : gone,
      doubled: mode === 'at-least-once' ? [] : this.repeated(),
      altered: [...this.altered, ...[...replaced].map(([input, output]) => ({ input, output }))],
      unexpected: strangers.flatMap(({ output, delivery }) =>
        instead.has(output) ? [] : [{ output, failed: this.failed.get(this.identityOf(delivery)) }],
      ),
      outOfOrder: this.options.order === 'none' ? [] : this.overtaken(),
    }
  }

  private identityOf({ id, key, value }: Delivery): unknown {
    if (id !== undefined) return identity(id)
    return key === undefined || this.options.keyless === true
      ? identity(value)
      : `\u0000${canonical(key)} ${canonical(value)}`
  }

  private match(delivery: Delivery, output: number): boolean {
    const first = this.alike.get(this.identityOf(delivery))
    const input = first === undefined ? NONE : this.awaited[first]!
    if (input === NONE) return false
    this.awaited[first!] = this.nextAlike[input]!
    this.cameOutAs[input] = output
    const { key, value } = this.inputs[input]!
    const isSame = samePlain(delivery.value, value) && (this.options.keyless === true || samePlain(delivery.key, key))
    if (delivery.id !== undefined && !isSame) {
      this.altered.push({ input, output })
      this.oddOutputs.set(output, delivery)
    }
    return true
  }

  /**
   * What was sent for certain and did not come out. Of records that are alike it cannot be told which one came out, so
   * what was perhaps sent and came out stands for one that was sent for certain.
   */
  private missing(): number[] {
    const spare = new Map<number, number>()
    return this.inputs.flatMap((delivery, input) => {
      if (this.certain[input] !== true || this.cameOutAs[input] !== NONE) return []
      const first = this.alike.get(this.identityOf(delivery))!
      const left = spare.get(first) ?? this.uncertainThatCameOut(first)
      spare.set(first, left - 1)
      return left > 0 ? [] : [input]
    })
  }

  private uncertainThatCameOut(first: number): number {
    let count = 0
    for (let input = first; input !== NONE; input = this.nextAlike[input]!) {
      if (this.certain[input] !== true && this.cameOutAs[input] !== NONE) count += 1
    }
    return count
  }

  private repeated(): AuditReport['doubled'] {
    return this.surplus.flatMap(({ output, delivery }) => {
      const first = this.alike.get(this.identityOf(delivery))
      return first === undefined ? [] : [{ input: first, first: this.cameOutAs[first]!, again: output }]
    })
  }

  /** Of records that are alike and did not all come out, nobody knows which did, and so what they overtook. */
  private uncertainTwins(): ReadonlySet<number> {
    const found = new Set<number>()
    for (const twin of this.twins) {
      if (this.cameOutAs[twin] !== NONE || found.has(twin)) continue
      const first = this.alike.get(this.identityOf(this.inputs[twin]!))!
      for (let input = first; input !== NONE; input = this.nextAlike[input]!) found.add(input)
    }
    return found
  }

  private overtaken(): AuditReport['outOfOrder'] {
    const inputOf = new Int32Array(this.outputCount).fill(NONE)
    for (const [input, output] of this.cameOutAs.entries()) if (output !== NONE) inputOf[output] = input
    const latest = new Map<unknown, number>()
    const found: { early: number; late: number }[] = []
    const uncertain = this.uncertainTwins()
    for (const input of inputOf) {
      if (input === NONE || uncertain.has(input)) continue
      const { key } = this.inputs[input]!
      if (key === undefined && this.options.order !== 'all') continue
      const line = this.options.order === 'all' ? undefined : identity(key)
      const before = latest.get(line) ?? NONE
      if (before > input) found.push({ early: before, late: input })
      else latest.set(line, input)
    }
    return found
  }
}

/**
 * Records without ids that are missing, and records that nobody sent, as many of the same key: taken one by one, each
 * is what became of the other.
 */
function replacements(
  missing: readonly number[],
  strangers: readonly { readonly output: number; readonly delivery: Delivery }[],
  inputs: readonly Delivery[],
): ReadonlyMap<number, number> {
  const replaced = new Map<number, number>()
  if (strangers.length === 0) return replaced
  const lines = new Map<unknown, { readonly missing: number[]; readonly strange: number[] }>()
  const lineOf = ({ key, id }: Delivery) => {
    if (key === undefined || id !== undefined) return undefined
    const line = lines.get(identity(key)) ?? { missing: [], strange: [] }
    lines.set(identity(key), line)
    return line
  }
  for (const input of missing) lineOf(inputs[input]!)?.missing.push(input)
  for (const { output, delivery } of strangers) lineOf(delivery)?.strange.push(output)
  for (const line of lines.values()) {
    if (line.missing.length !== line.strange.length) continue
    for (const [place, input] of line.missing.entries()) replaced.set(input, line.strange[place]!)
  }
  return replaced
}
