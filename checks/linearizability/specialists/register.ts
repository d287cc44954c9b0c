import { blocksOf } from './blocks.ts'
import { verdictOf } from './earliest.ts'
import type { Outcome } from './earliest.ts'
import type { Entry } from '../entry.ts'
import { withLoose } from './loose.ts'
import type { RegisterView } from '../../model.ts'
import { samePlain } from '../../plain.ts'
import { NOBODY, readsFromOf } from './reads-from.ts'
import type { ReadsFrom } from './reads-from.ts'
import { registerFactsOf } from './register-facts.ts'
import type { RegisterFacts, RegisterOf } from './register-facts.ts'
import type { Specialist } from '../specialist.ts'
import { byZone } from './zones.ts'

/**
 * A register on which it is known who read whose value, as no value that is read was written twice: P. Gibbons and
 * E. Korach, "Testing shared memories", 1997, section 4, with compare and set (which they call read-modify-write) and
 * crashed operations. Time: that of sorting.
 *
 * A crashed operation counts as one that returns at the end of time if its value was found by another that certainly
 * took effect, and else as one that never took effect: taken out of an order, it leaves its predecessor's value in its
 * place, and nobody looked in between. (A failed compare and set may have looked; see below.)
 *
 * What changes nothing and leaves open whose value it found (a compare and set that did not find what it expected, a
 * read of a value that was written twice) is left out at first. Without it there must be an order too; if there is none,
 * that is the verdict. If it fits into the order that was found, all is well; if not, there might be another order, and
 * the specialist has no answer.
 */
export const uniqueWriteRegister: Specialist = (entries, { register, init }) => {
  if (register === undefined) return undefined
  return verdictOf(
    entries,
    (some) => decide(some, register, init()),
    (core) => parts(core, register),
  )
}

function decide<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  register: RegisterOf<Input, Output>,
  initial: unknown,
): Outcome<Input, Output> {
  const facts = registerFactsOf(entries, register, initial)
  const outcome = facts && decideRegister(entries, facts)
  if (outcome === undefined) return undefined
  const entryOf = (operation: number) => entries[operation]!
  if ('core' in outcome) return { core: outcome.core.map(entryOf) }
  return { order: () => outcome.order().map(entryOf) }
}

/** Operations are numbers in the list of entries. */
export type RegisterOutcome =
  | { readonly order: () => readonly number[] }
  | { readonly core: readonly number[] }
  | undefined

/** An order for the operations, or a few that have none; undefined where a value that was read was written twice. */
export function decideRegister(entries: readonly Entry[], facts: RegisterFacts): RegisterOutcome {
  const readsFrom = readsFromOf(entries, facts)
  if (readsFrom === undefined) return undefined
  const condemned = (conflict: readonly number[]) => ({ core: coreOf(conflict, readsFrom) })
  if (readsFrom.unwritten !== NOBODY) return condemned([readsFrom.unwritten])
  const blocks = blocksOf(entries, readsFrom)
  if (blocks.conflict.length > 0) return condemned(blocks.conflict)
  const zones = byZone(blocks.list)
  if ('conflict' in zones) {
    return condemned(zones.conflict.flatMap(({ firstReturned, lastInvoked }) => [firstReturned, lastInvoked]))
  }
  const order = () => zones.flatMap((block) => blocks.operationsOf(block))
  if (readsFrom.loose.length === 0) return { order }
  const whole = withLoose(order(), readsFrom.loose, entries, facts)
  return whole && { order: () => whole }
}

/**
 * The operations, and those they stand on: who wrote what they found, and, for one that crashed, who found what it
 * wrote. All else can be taken out of an order: reads as they change nothing, writes as nobody that is left found them.
 */
function coreOf(conflict: readonly number[], { source, observer }: ReadsFrom): number[] {
  const core = new Set<number>()
  const pending = [...conflict]
  while (pending.length > 0) {
    const operation = pending.pop()!
    if (operation < 0 || core.has(operation)) continue
    core.add(operation)
    pending.push(source[operation]!, observer[operation]!)
  }
  return [...core].sort((left, right) => left - right)
}

/** Each operation of which nobody in the core found what it wrote. */
function parts<Input, Output>(
  core: readonly Entry<Input, Output>[],
  register: RegisterOf<Input, Output>,
): readonly (readonly Entry<Input, Output>[])[] {
  const views = core.map(({ input, output }) => register(input, output))
  const isFound = ({ wrote }: RegisterView) =>
    wrote !== undefined && views.some(({ found }) => found !== undefined && samePlain(found, wrote))
  return core.filter((_, operation) => !isFound(views[operation]!)).map((entry) => [entry])
}
