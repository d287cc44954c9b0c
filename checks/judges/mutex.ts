import { judgementOf } from './finding.ts'
import type { History } from '../history.ts'
import { HistoryError } from '../history-error.ts'
import { asking } from './input.ts'
import { asProperty } from './judge.ts'
import type { Judgement, JudgeOptions } from './judge.ts'
import { staleWrites, tokensOutOfOrder, unknownTokens } from './fencing.ts'
import { holdsOf, inOrder, overlapping, releasedUnheld } from './holds.ts'
import { bothHeld, notHeld, staleAccepted, tokenNotHigher, tokenUnknown } from './mutex-words.ts'
import { identity } from './identity.ts'
import type { MutexInput } from './mutex-input.ts'
import { entriesOf } from '../linearizability/entry.ts'
import type { Entry } from '../linearizability/entry.ts'
import type { HistoryProperty } from '../property.ts'

export interface MutexOptions extends JudgeOptions {
  /** The lease of grants that name none; for ever, unless given. */
  readonly leaseMs?: number
}

const NAME = 'mutex'

/**
 * Mutual exclusion: of two who hold a lock, one has released it, or his lease has run out, before the other gets it.
 *
 * Whoever acquired the lock holds it for certain from the answer on, until he asks for its release. A lease counts from
 * the invocation, as nobody knows when it began. Who crashes without a lease holds the lock for ever. Whoever got no
 * answer may never have had the lock. Two such times may not overlap; that is all there is to it, as every hold that
 * is as short as its certain part fits in between the others.
 *
 * Where grants carry fencing tokens, a later grant has a higher one, and a resource that has accepted a write with a
 * token must refuse a lower one: M. Kleppmann, "How to do distributed locking", 2016.
 */
export function judgeMutex(history: History<any, any>, options: MutexOptions = {}): Judgement {
  const { name = NAME, leaseMs = Infinity } = options
  const concerned = asking<MutexInput>(history, 'acquire', 'release', 'write')
  const entries = entriesOf(concerned.filter(({ outcome, output }) => outcome !== 'fail' && output !== false))
  const findings = [...byLock(entries).values()].flatMap((ofLock) => {
    const holds = holdsOf(ofLock, leaseMs)
    return [
      bothHeld(overlapping(inOrder(holds))),
      notHeld(releasedUnheld(ofLock, leaseMs)),
      tokenNotHigher(tokensOutOfOrder(holds)),
      staleAccepted(staleWrites(ofLock)),
      tokenUnknown(unknownTokens(ofLock, holds)),
    ]
  })
  const count = (action: string) => entries.filter(({ input }) => input.action === action).length
  return judgementOf(name, entries.length, findings, [
    {
      name: 'acquired',
      value: entries.filter(({ input, output }) => input.action === 'acquire' && output !== undefined).length,
    },
    { name: 'released', value: count('release') },
    { name: 'writes', value: count('write') },
  ])
}

/** The history property of mutual exclusion, with fencing tokens where there are any. */
export function mutex(options: MutexOptions = {}): HistoryProperty {
  return asProperty(NAME, judgeMutex, options, true)
}

function byLock(entries: readonly Entry<MutexInput, unknown>[]): ReadonlyMap<unknown, Entry<MutexInput, unknown>[]> {
  const locks = new Map<unknown, Entry<MutexInput, unknown>[]>()
  for (const entry of entries) {
    if (entry.input.action === 'write' && typeof entry.input.token !== 'number') {
      throw new HistoryError(entry.operation, 'a write under a lock needs the token of its grant, a number')
    }
    const lock = identity(entry.input.lock)
    const others = locks.get(lock)
    if (others === undefined) locks.set(lock, [entry])
    else others.push(entry)
  }
  return locks
}
