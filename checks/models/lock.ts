import { ofKey } from './keys.ts'
import type { Model } from '../model.ts'

export interface LockInput {
  readonly action: 'acquire' | 'release'
  /** Who. Without it anybody may release what anybody acquired. */
  readonly owner?: string | undefined
  readonly key?: string | undefined
}

/**
 * A lock that is free at first. `acquire` takes it where it is free; the answer `false` says that it was not, and
 * any other that it was. `release` gives back what its owner holds; `false` says that the owner did not hold it. An
 * attempt of which nobody knows the answer takes or gives back what it can.
 *
 * The state is the owner, `true` for one without a name, or null.
 */
export const lock: Model<string | true | null, LockInput, unknown> = {
  name: 'lock',
  actions: ['acquire', 'release'],
  init: () => null,
  step: (holder, { action, owner }, output) => {
    const works = action === 'acquire' ? holder === null : holder === (owner ?? true)
    if (output !== undefined && works !== (output !== false)) return undefined
    if (!works) return holder
    return action === 'acquire' ? (owner ?? true) : null
  },
  key: ({ key }) => key,
  readOnly: (_, output) => output === false,
  describe: ({ action, owner, key }, output) =>
    `${action}${ofKey(key)}${owner === undefined ? '' : ` by ${owner}`}${output === false ? ' -> refused' : ''}`,
}
