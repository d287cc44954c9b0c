import { ofKey } from './keys.ts'
import type { Collection, CollectionView, Model } from '../model.ts'
import { inWords, samePlain } from '../plain.ts'

export type QueueInput = ({ readonly action: 'enqueue'; readonly value: unknown } | { readonly action: 'dequeue' }) & {
  readonly key?: string | undefined
}

export type StackInput = ({ readonly action: 'push'; readonly value: unknown } | { readonly action: 'pop' }) & {
  readonly key?: string | undefined
}

type Input = QueueInput | StackInput

const isTake = (input: Input): input is Extract<Input, { action: 'dequeue' | 'pop' }> =>
  input.action === 'dequeue' || input.action === 'pop'

function view(input: Input, output: unknown): CollectionView {
  if (!isTake(input)) return { does: 'insert', value: input.value }
  return output === null ? { does: 'find empty' } : { does: 'take', value: output }
}

/** What both have in common: each takes from one end, and adds to its end or to the same. */
function line<Asked extends Input>(
  name: string,
  actions: readonly string[],
  kind: Collection['kind'],
  taken: (values: readonly unknown[]) => number,
): Model<readonly unknown[], Asked, unknown> {
  return {
    name,
    actions,
    init: () => [],
    step: (values, input, output) => {
      if (!isTake(input)) return [...values, input.value]
      if (values.length === 0) return output === undefined || output === null ? values : undefined
      const index = taken(values)
      if (output !== undefined && !samePlain(values[index], output)) return undefined
      return index === 0 ? values.slice(1) : values.slice(0, -1)
    },
    key: ({ key }) => key,
    readOnly: (input, output) => isTake(input) && output === null,
    collection: { kind, view },
    describe: (input, output) => {
      const of = ofKey(input.key)
      if (!isTake(input)) return `${input.action}${of} ${inWords(input.value)}`
      if (output === undefined) return `${input.action}${of}`
      return `${input.action}${of} -> ${output === null ? 'empty' : inWords(output)}`
    },
  }
}

/**
 * A queue, first in, first out, empty at first. `dequeue` answers the value that it took, or null where there was
 * none (so null cannot be enqueued); what `enqueue` answers does not matter.
 */
export const queue: Model<readonly unknown[], QueueInput, unknown> = line(
  'queue',
  ['enqueue', 'dequeue'],
  'queue',
  () => 0,
)

/** A stack, last in, first out, empty at first. `pop` answers the value that it took, or null where there was none. */
export const stack: Model<readonly unknown[], StackInput, unknown> = line(
  'stack',
  ['push', 'pop'],
  'stack',
  (values) => values.length - 1,
)
