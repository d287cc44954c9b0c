import { judgeBank } from './bank.ts'
import { judgeConvergence } from './convergence.ts'
import { judgeCounterBounds } from './counter.ts'
import { judgeExactlyOnce } from './exactly-once.ts'
import type { JudgeFunction } from './judge.ts'
import { judgeMonotonic } from './monotonic.ts'
import { judgeMutex } from './mutex.ts'
import { judgeSetFull } from './set-full.ts'
import { judgeTotalQueue } from './total-queue.ts'
import { judgeUniqueIds } from './unique-ids.ts'

/** A judge as a command lists it and calls it by name. */
export interface ListedJudge {
  readonly name: string
  /** What it asks of a history, in a phrase. */
  readonly about: string
  /** The operations that it looks at: the action of each, and what it takes and answers, in words. */
  readonly operations: readonly { readonly action: string; readonly about: string }[]
  readonly judge: JudgeFunction
}

/** All judges that are no search for an order, by name. */
export const JUDGES: readonly ListedJudge[] = [
  {
    name: 'bank',
    about: 'every read of all accounts finds the same total, and no balance below zero',
    operations: [
      { action: 'transfer', about: 'from, to, amount' },
      { action: 'read', about: 'answers the balance of every account' },
    ],
    judge: judgeBank,
  },
  {
    name: 'convergence',
    about: 'once updates have stopped, the last reads of all replicas are the same',
    operations: [{ action: 'read', about: 'replica (or else the process); answers all that it holds' }],
    judge: judgeConvergence,
  },
  {
    name: 'counter-bounds',
    about: 'every read of a counter lies between what was certainly and what was possibly added',
    operations: [
      { action: 'add', about: 'amount' },
      { action: 'read', about: 'answers the count' },
    ],
    judge: judgeCounterBounds,
  },
  {
    name: 'exactly-once',
    about: 'what was sent comes out once: not lost, doubled, altered, or out of order within its key',
    operations: [
      { action: 'send', about: 'value, and key and id where records have them' },
      { action: 'receive', about: 'answers a record, several, or null' },
    ],
    judge: judgeExactlyOnce,
  },
  {
    name: 'monotonic',
    about: 'what is read never decreases',
    operations: [{ action: 'read', about: 'key where there are several; answers a number' }],
    judge: judgeMonotonic,
  },
  {
    name: 'mutex',
    about: 'no two hold a lock at the same time; fencing tokens rise, and stale ones are refused',
    operations: [
      { action: 'acquire', about: 'lock where there are several; may answer token and leaseMs' },
      { action: 'release', about: 'lock' },
      { action: 'write', about: 'token; ended ok where the resource accepted it' },
    ],
    judge: judgeMutex,
  },
  {
    name: 'set-full',
    about: 'no value that was known to be in a set is lost',
    operations: [
      { action: 'add', about: 'value' },
      { action: 'read', about: 'answers all values' },
    ],
    judge: judgeSetFull,
  },
  {
    name: 'total-queue',
    about: 'all that was enqueued comes out of the queue, and nothing else',
    operations: [
      { action: 'enqueue', about: 'value' },
      { action: 'dequeue', about: 'answers a value, or null' },
      { action: 'drain', about: 'answers all values that are left' },
    ],
    judge: judgeTotalQueue,
  },
  {
    name: 'unique-ids',
    about: 'no id is given twice',
    operations: [{ action: 'generate', about: 'answers an id' }],
    judge: judgeUniqueIds,
  },
]

export function judgeNamed(name: string): ListedJudge | undefined {
  return JUDGES.find((judge) => judge.name === name)
}
