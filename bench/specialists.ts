import type { History, Operation } from '../checks/history.ts'
import { check } from '../checks/linearizability/linearizable.ts'
import type { Model } from '../checks/model.ts'
import { queue, stack } from '../checks/models/queue.ts'
import type { QueueInput, StackInput } from '../checks/models/queue.ts'
import { register } from '../checks/models/register.ts'
import type { RegisterInput } from '../checks/models/register.ts'
import { set } from '../checks/models/set.ts'
import type { SetInput } from '../checks/models/set.ts'
import type { Figure } from '../reports/json.ts'
import type { Random } from '../sim/machine.ts'
import { randomStream } from '../sim/random.ts'

/** What clients ask of one object, and what it answers. */
interface Workload<State, Input> {
  readonly name: string
  readonly model: Model<State, Input, unknown>
  readonly ask: (random: Random, serial: number) => Input
  readonly answer: (state: State, input: Input) => unknown
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

/**
 * Objects that a general search is slow for, as all clients work on one at once, and values are unique: how long a
 * verdict takes with its evidence, once and cold, for a good history and for one in which an answer is that of another.
 */
export function specialistFigures(): readonly Figure[] {
  return [
    ...figures(onRegister, { clients: 32, operations: 2000 }),
    ...figures(onQueue, { clients: 32, operations: 10_000 }),
    ...figures(onStack, { clients: 32, operations: 10_000 }),
    ...figures(onSet, { clients: 32, operations: 10_000 }),
  ]
}

function figures<State, Input>(workload: Workload<State, Input>, size: Size): readonly Figure[] {
  const good = historyOf(workload, size)
  const bad = withStaleAnswer(good)
  const figure = (history: History<Input, unknown>, expected: string): Figure => {
    const startedMs = performance.now()
    const { verdict } = check(history, workload.model)
    const value = performance.now() - startedMs
    if (verdict !== expected) throw new Error(`specialists-${workload.name}: judged ${verdict}, and is ${expected}`)
    const name = `specialists-${workload.name}${expected === 'ok' ? '' : '-bad'}`
    return { name, value, unit: `ms for ${size.operations} operations of ${size.clients} clients` }
  }
  return [figure(good, 'ok'), figure(bad, 'violated')]
}

interface Size {
  readonly clients: number
  readonly operations: number
}

/** Each client asks again a moment after it was answered; an operation takes effect at some moment in between. */
function historyOf<State, Input>(
  { name, model, ask, answer }: Workload<State, Input>,
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
  let state = model.init()
  return planned
    .sort((left, right) => left.effectAtMs - right.effectAtMs)
    .map(({ id, process, input, invokedAtMs, returnedAtMs }): Operation<Input, unknown> => {
      const output = answer(state, input)
      state = model.step(state, input, undefined)!
      return { id, process, input, output, invokedAtMs, returnedAtMs, outcome: 'ok' }
    })
    .sort((left, right) => left.invokedAtMs - right.invokedAtMs)
}

/** In the middle, somebody is told what somebody else was told a tenth of the history before. */
function withStaleAnswer<Input>(history: History<Input, unknown>): History<Input, unknown> {
  const told = history.filter(({ output }) => output !== 'ok')
  const middle = told.length >> 1
  const victim = told[middle]!
  const stale = told[middle - Math.ceil(told.length / 10)]!.output
  return history.map((operation) => (operation === victim ? { ...operation, output: stale } : operation))
}
