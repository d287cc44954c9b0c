import type { History, Operation } from '../checks/history.ts'
import type { Model } from '../checks/model.ts'
import { casRegister } from '../checks/models/cas-register.ts'
import type { CasRegisterInput } from '../checks/models/cas-register.ts'
import { dictionary } from '../checks/models/dictionary.ts'
import type { DictionaryInput } from '../checks/models/dictionary.ts'
import { queue, stack } from '../checks/models/queue.ts'
import type { QueueInput, StackInput } from '../checks/models/queue.ts'
import { register } from '../checks/models/register.ts'
import type { RegisterInput } from '../checks/models/register.ts'
import { set } from '../checks/models/set.ts'
import type { SetInput } from '../checks/models/set.ts'
import type { Figure } from '../reports/json.ts'
import { samePlain } from '../checks/plain.ts'
import type { Random } from '../sim/machine.ts'
import { randomStream } from '../sim/random.ts'
import { timedCheck } from './timed-check.ts'

/** What clients ask of one object, and what it answers. */
interface Workload<State, Input> {
  readonly name: string
  readonly model: Model<State, Input, unknown>
  readonly ask: (random: Random, serial: number) => Input
  readonly answer: (state: State, input: Input) => unknown
  /** Where each key is an object of its own. */
  readonly keyOf?: (input: Input) => string
}

const onRegister: Workload<unknown, RegisterInput> = {
  name: 'register',
  model: register,
  ask: (random, serial) => (random.chance(0.5) ? { action: 'write', value: serial } : { action: 'read' }),
  answer: (value, { action }) => (action === 'read' ? value : 'ok'),
}

const onQueue: Workload<readonly unknown[], QueueInput> = {
  name: 'queue',
  model: queue,
  ask: (random, serial) => (random.chance(0.5) ? { action: 'enqueue', value: serial } : { action: 'dequeue' }),
  answer: (values, { action }) => (action === 'dequeue' ? (values[0] ?? null) : 'ok'),
}

const onStack: Workload<readonly unknown[], StackInput> = {
  name: 'stack',
  model: stack,
  ask: (random, serial) => (random.chance(0.5) ? { action: 'push', value: serial } : { action: 'pop' }),
  answer: (values, { action }) => (action === 'pop' ? (values.at(-1) ?? null) : 'ok'),
}

const onSet: Workload<readonly unknown[], SetInput> = {
  name: 'set',
  model: set,
  ask: (random, serial) => (random.chance(0.02) ? { action: 'read' } : { action: 'add', value: serial }),
  answer: (values, { action }) => (action === 'read' ? values : 'ok'),
}

/** Each write is of a value that nobody else writes. */
const onDictionary: Workload<unknown, DictionaryInput> = {
  name: 'dictionary',
  model: dictionary,
  ask: (random, serial) => {
    const key = `key ${random.integer(1, 100)}`
    return random.chance(0.5) ? { action: 'set', key, value: serial } : { action: 'get', key }
  },
  answer: (value, { action }) => (action === 'get' ? value : 'ok'),
  keyOf: ({ key }) => key,
}

/** Five values again and again, so that no specialist can tell whose was found: a search has to. */
const onFewValues: Workload<unknown, CasRegisterInput> = {
  name: 'few-values',
  model: casRegister,
  ask: (random) => {
    const [expected, value] = [random.integer(1, 5), random.integer(1, 5)]
    if (random.chance(1 / 3)) return { action: 'read' }
    return random.chance(0.5) ? { action: 'write', value } : { action: 'cas', expected, next: value }
  },
  answer: (value, input) => {
    if (input.action === 'cas') return samePlain(value, input.expected)
    return input.action === 'read' ? value : 'ok'
  },
}

/**
 * Objects that a general search is slow for, as all clients work on one at once, and values are unique: how long a
 * verdict takes, and its evidence beside, once and cold, for a good history and for one in which an answer is that of another.
 * And what the general search takes where values are few; there another's answer is mostly good as well.
 */
export function specialistFigures(): readonly Figure[] {
  return [
    ...figures(onRegister, { clients: 32, operations: 2000 }),
    ...figures(onQueue, { clients: 32, operations: 10_000 }),
    ...figures(onStack, { clients: 32, operations: 10_000 }),
    ...figures(onSet, { clients: 32, operations: 10_000 }),
    ...figures(onDictionary, { clients: 32, operations: 100_000 }),
    ...judged(onFewValues, historyOf(onFewValues, FEW), FEW, 'ok'),
  ]
}

const FEW: Size = { clients: 16, operations: 1000 }

function figures<State, Input>(workload: Workload<State, Input>, size: Size): readonly Figure[] {
  const good = historyOf(workload, size)
  const bad = withStaleAnswer(good, workload.keyOf)
  return [...judged(workload, good, size, 'ok'), ...judged(workload, bad, size, 'violated')]
}

function judged<State, Input>(
  workload: Workload<State, Input>,
  history: History<Input, unknown>,
  { clients, operations }: Size,
  expected: 'ok' | 'violated',
): readonly Figure[] {
  const { verdict, verdictMs, evidenceMs } = timedCheck(history, workload.model)
  if (verdict !== expected) throw new Error(`specialists-${workload.name}: judged ${verdict}, and is ${expected}`)
  const name = `specialists-${workload.name}${expected === 'ok' ? '' : '-bad'}`
  const unit = `ms for ${operations} operations of ${clients} clients`
  return [
    { name, value: verdictMs, unit },
    { name: `${name}-evidence`, value: evidenceMs, unit },
  ]
}

interface Size {
  readonly clients: number
  readonly operations: number
}

/** Each client asks again a moment after it was answered; an operation takes effect at some moment in between. */
function historyOf<State, Input>(
  { name, model, ask, answer, keyOf }: Workload<State, Input>,
  { clients, operations }: Size,
): History<Input, unknown> {
  const random = randomStream(1, 'specialists', name)
  const freeAtMs = new Float64Array(clients)
  const planned = Array.from({ length: operations }, (_, id) => {
    const client = id % clients
    const invokedAtMs = freeAtMs[client]! + random.integer(1, 20) + random.float()
    const effectAtMs = invokedAtMs + random.integer(1, 100) + random.float()
    const returnedAtMs = effectAtMs + random.integer(1, 100) + random.float()
    freeAtMs[client] = returnedAtMs
    return { id, process: `c${client}`, input: ask(random, id), invokedAtMs, effectAtMs, returnedAtMs }
  })
  const states = new Map<string | undefined, State>()
  return planned
    .sort((left, right) => left.effectAtMs - right.effectAtMs)
    .map(({ id, process, input, invokedAtMs, returnedAtMs }): Operation<Input, unknown> => {
      const key = keyOf?.(input)
      const state = states.has(key) ? states.get(key)! : model.init()
      const output = answer(state, input)
      states.set(key, model.step(state, input, undefined)!)
      return { id, process, input, output, invokedAtMs, returnedAtMs, outcome: 'ok' }
    })
    .sort((left, right) => left.invokedAtMs - right.invokedAtMs)
}

/** In the middle, somebody is told what somebody else was told of the same key a tenth of the history before. */
function withStaleAnswer<Input>(
  history: History<Input, unknown>,
  keyOf: (input: Input) => string | undefined = () => undefined,
): History<Input, unknown> {
  const told = history.filter(({ output }) => output !== 'ok')
  const middle = told.length >> 1
  const victim = told[middle]!
  const before = told.slice(0, middle - Math.ceil(told.length / 10) + 1)
  const stale = before.reverse().find(({ input }) => keyOf(input) === keyOf(victim.input))!.output
  return history.map((operation) => (operation === victim ? { ...operation, output: stale } : operation))
}
