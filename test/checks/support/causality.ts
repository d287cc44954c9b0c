import type { CausalLevel } from '../../../checks/consistency/causal.ts'
import type { History, Operation } from '../../../checks/history.ts'
import type { CasRegisterInput } from '../../../checks/models/cas-register.ts'

type Op = Operation<CasRegisterInput>
type Before = (left: Op, right: Op) => boolean

/**
 * The definitions of Bouajjani and others (2017, section 3) for reads and writes of unique values, by trying all
 * orders. The causal order is the least there can be: of the process, and of who read from whom.
 */
export function isCausal(history: History<CasRegisterInput>, level: CausalLevel): boolean {
  const writerOf = (read: Op): Op | undefined =>
    history.find(({ input }) => input.action === 'write' && input.key === read.input.key && input.value === read.output)
  const isRead = (operation: Op): boolean => operation.input.action === 'read'
  const operations = history.filter(
    (operation) =>
      operation.outcome === 'ok' ||
      (!isRead(operation) && history.some((read) => isRead(read) && writerOf(read) === operation)),
  )
  const direct: Before = (left, right) =>
    (left.process === right.process && left.id < right.id && left.outcome === 'ok') ||
    (isRead(right) && writerOf(right) === left)
  const before = closure(operations, direct)
  if (operations.some((operation) => before(operation, operation))) return false
  const reads = operations.filter(isRead)
  const pastOf = (operation: Op): Op[] => operations.filter((other) => other === operation || before(other, operation))
  const isRight = (order: readonly Op[], mustHold: (read: Op) => boolean): boolean => {
    const values = new Map<string | undefined, unknown>()
    return order.every(({ input, output }, place) => {
      if (input.action === 'write') values.set(input.key, input.value)
      return input.action === 'write' || !mustHold(order[place]!) || (values.get(input.key) ?? null) === output
    })
  }
  if (level === 'convergent') {
    return someOrder(operations, before, (order) =>
      reads.every((read) => {
        const past = new Set(pastOf(read))
        return isRight(
          order.filter((other) => past.has(other)),
          (other) => other === read,
        )
      }),
    )
  }
  return reads.every((read) =>
    someOrder(pastOf(read), before, (order) =>
      isRight(order, (other) => other === read || (level === 'memory' && other.process === read.process)),
    ),
  )
}

function closure(operations: readonly Op[], direct: Before): Before {
  const pairs = new Set<string>()
  const key = (left: Op, right: Op): string => `${left.id} ${right.id}`
  for (const left of operations) for (const right of operations) if (direct(left, right)) pairs.add(key(left, right))
  for (const middle of operations) {
    for (const left of operations) {
      for (const right of operations) {
        if (pairs.has(key(left, middle)) && pairs.has(key(middle, right))) pairs.add(key(left, right))
      }
    }
  }
  return (left, right) => pairs.has(key(left, right))
}

function someOrder(operations: readonly Op[], before: Before, holds: (order: readonly Op[]) => boolean): boolean {
  const extend = (order: readonly Op[], rest: readonly Op[]): boolean =>
    rest.length === 0
      ? holds(order)
      : rest.some(
          (next) =>
            !rest.some((other) => before(other, next)) &&
            extend(
              [...order, next],
              rest.filter((other) => other !== next),
            ),
        )
  return extend([], operations)
}
