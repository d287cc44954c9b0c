import type { Entry } from './entry.ts'
import type { Model, RegisterView } from '../model.ts'
import { hasAnswer } from '../history.ts'
import { inWords, samePlain } from '../plain.ts'
import { precedenceOf } from './precedence.ts'
import type { Precedence } from './precedence.ts'
import { contradictionInWords, orderInWords, returnTime } from './sentences.ts'
import type { Violation } from '../verdict.ts'

/** What a violation says beside its property and its time. */
export interface Explanation extends Pick<Violation, 'shape' | 'summary' | 'because'> {
  /** T1 first. */
  readonly entries: readonly Entry[]
}

/** Up to this many operations a person can see for themselves that no order holds. */
const SMALL_CORE = 8
/** Above it the relation is not looked for: it would be slow, and its proof too long to read. */
const LARGEST_RELATION = 40

/**
 * Why a minimal core cannot be ordered, in words, and what kind of breach it is. T1, T2 … are the operations in the
 * order of their invocation.
 *
 * @param core a minimal core.
 * @param all the operations of the same object, for what happened after the core.
 * @param longest the longest beginning of an order of the core.
 */
export function explain<Input, Output>(
  core: readonly Entry<Input, Output>[],
  all: readonly Entry<Input, Output>[],
  model: Model<any, Input, Output>,
  longest: readonly Entry<Input, Output>[],
): Explanation {
  if (model.register && core.length <= LARGEST_RELATION) {
    const initial = model.init()
    let entries = core
    let precedence = precedenceOf(entries, model.register, initial)
    if (precedence.unwritten !== undefined) {
      const found = precedence.views[precedence.unwritten]!.found
      const writer = laterWriter(entries, all, model.register, found)
      if (!writer) return unwritten(entries, precedence.unwritten, precedence.views[precedence.unwritten]!)
      entries = [...core, writer]
      precedence = precedenceOf(entries, model.register, initial)
    }
    if (precedence.cycle) {
      const because = contradictionInWords(precedence, entries, precedence.cycle)
      return {
        shape: shapeOf(precedence, precedence.cycle),
        summary: cannotBeOrdered(entries.length),
        because,
        entries,
      }
    }
  }
  return unordered(core, model, longest)
}

/** The first write of the value that was invoked when all of the core had come. */
function laterWriter<Input, Output>(
  core: readonly Entry[],
  all: readonly Entry<Input, Output>[],
  register: NonNullable<Model<unknown, Input, Output>['register']>,
  value: unknown,
): Entry<Input, Output> | undefined {
  const last = core.at(-1)!
  return all.find((entry) => {
    const { wrote } = register(entry.input, entry.output)
    return entry.invoked > last.invoked && wrote !== undefined && samePlain(wrote, value)
  })
}

function unwritten(entries: readonly Entry[], reader: number, { found, wrote }: RegisterView): Explanation {
  const isOwn = wrote !== undefined && samePlain(found, wrote)
  const what = `T${reader + 1} ${isOwn ? 'found' : 'read'} ${inWords(found)}`
  return {
    shape: isOwn ? 'executed twice' : 'value nobody wrote',
    summary: cannotBeOrdered(entries.length),
    because: [`${what}, which ${isOwn ? 'only it wrote, so it was executed twice' : 'nobody wrote'}: a contradiction`],
    entries,
  }
}

function shapeOf({ steps, views }: Precedence, cycle: readonly number[]): string {
  const edges = cycle.map((number) => steps[number]!)
  const count = (kind: string) => edges.filter((edge) => edge.kind === kind).length
  const isUpdate = (operation: number) => views[operation]!.found !== undefined && views[operation]!.wrote !== undefined
  const overwritten = edges.flatMap((edge) => (edge.kind === 'overwritten' ? [edge] : []))
  if (overwritten.length === 0 && count('overwrote') === 0) return 'value from the future'
  if (overwritten.some(({ before, after }) => isUpdate(before) && isUpdate(after))) return 'lost update'
  if (overwritten.length !== 1 || count('overwrote') > 0) return 'contradictory order of writes'
  return count('read from') === 0 ? 'stale read' : 'value read and lost again'
}

function cannotBeOrdered(count: number): string {
  return count === 1 ? '1 operation cannot be ordered' : `${count} operations cannot be ordered`
}

/** No short proof: how far an order goes, and the first operation that does not fit. */
function unordered<Input, Output>(
  core: readonly Entry<Input, Output>[],
  model: Model<any, Input, Output>,
  order: readonly Entry<Input, Output>[],
): Explanation {
  const name = (entry: Entry<Input, Output>) => `T${core.indexOf(entry) + 1}`
  const misfit = core
    .filter((entry) => entry.returned !== Infinity && !order.includes(entry))
    .reduce((left, right) => (left.returned < right.returned ? left : right))
  const words = `${name(misfit)} (${model.describe(misfit.input, misfit.output)})`
  const returned = returnTime(misfit.operation)
  const small = core.length <= SMALL_CORE
  const onlyReads = core.every(({ input, output }) => model.readOnly?.(input, output))
  const isOutOfNothing = onlyReads || (core.length === 1 && model.collection !== undefined)
  return {
    shape: isOutOfNothing ? 'value nobody wrote' : 'no possible order',
    summary: small
      ? cannotBeOrdered(core.length)
      : `${order.length} of ${core.length} operations can be ordered, and then no more`,
    because:
      core.length === 1
        ? [
            `${words} returned at ${returned}, and nothing that was invoked by then explains its answer: a contradiction`,
          ]
        : [
            `${order.length === 0 ? 'No order can begin' : `The longest order that holds is ${orderInWords(order.map(name))}`}${leftOpen(order, name, model)}`,
            `However ${words} cannot come ${order.length === 0 ? 'first' : 'next'}, and returned at ${returned}: a contradiction`,
          ],
    entries: core,
  }
}

/** In a core, answers that came later or need not be known are set aside; those that the order does not fit. */
function leftOpen<Input, Output>(
  order: readonly Entry<Input, Output>[],
  name: (entry: Entry<Input, Output>) => string,
  { init, step }: Model<any, Input, Output>,
): string {
  const open: string[] = []
  let state = init()
  for (const entry of order) {
    const { operation, input, output } = entry
    const isAside = output === undefined && hasAnswer(operation)
    if (isAside && step(state, input, operation.output ?? (null as Output)) === undefined) open.push(name(entry))
    state = step(state, input, output)
  }
  if (open.length === 0) return ''
  return `, with the ${open.length === 1 ? 'answer' : 'answers'} of ${open.join(', ')} left open`
}
