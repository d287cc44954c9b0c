import { clockEntries } from '../versions/clock.ts'
import { isEqual, merge, NOTHING, type Siblings, valuesOf } from '../versions/siblings.ts'
import { answerTo } from './answer.ts'
import { isOwn, keep, siblingsAt } from './contents.ts'
import type { Dht } from './dht.ts'
import { positionOf } from './items.ts'
import type { Member } from './member.ts'
import type { Found } from './messages.ts'
import { makeDurable } from './persistence.ts'
import { armRetry } from './patience.ts'
import { everyHome, homesOf, isRead, seesEverything } from './quorum.ts'
import { unavailable } from './requests.ts'
import type { Asker, DhtContext, DhtState, ReadOperation } from './state.ts'

/** A read asks all replicas, answers when enough have answered, and mends those that knew less (Dynamo, section 5). */
export function beginRead(dht: Dht, state: DhtState, ctx: DhtContext, asker: Asker, key: string): void {
  const position = positionOf(key)
  const operation: ReadOperation = {
    kind: 'read',
    id: state.nextId++,
    asker,
    key,
    position,
    view: state.history.view,
    homes: homesOf(dht, state, position),
    beganMs: ctx.now,
    waitMs: dht.options.retryMs,
    isAnswered: false,
    found: new Map([[state.identity.id, siblingsAt(state, position)]]),
  }
  if (operation.homes.length > 1) state.tally.jointQuorums++
  state.operations.set(operation.id, operation)
  goOnReading(dht, state, ctx, operation)
}

export function goOnReading(dht: Dht, state: DhtState, ctx: DhtContext, operation: ReadOperation): void {
  const { id, view, key, homes, found } = operation
  concludeRead(dht, state, ctx, operation)
  if (!state.operations.has(id)) return
  for (const { id: to, uri } of everyHome(homes)) {
    if (!found.has(to) && !state.history.gone.has(to)) ctx.send(uri, { type: 'Read', id, view, to, key })
  }
  armRetry(dht, ctx, operation)
}

export function onFound(dht: Dht, state: DhtState, ctx: DhtContext, { id, view, by, siblings }: Found): void {
  const operation = state.operations.get(id)
  if (operation?.kind !== 'read' || operation.view !== view || operation.found.has(by)) return
  operation.found.set(by, siblings)
  if (operation.isAnswered) repair(dht, state, ctx, operation)
  concludeRead(dht, state, ctx, operation)
}

function concludeRead(dht: Dht, state: DhtState, ctx: DhtContext, operation: ReadOperation): void {
  const { homes, found } = operation
  if (!operation.isAnswered && isRead(dht, homes, found)) answer(dht, state, ctx, operation)
  if (everyHome(homes).some(({ id }) => !found.has(id))) return
  end(state, ctx, operation)
}

/**
 * That nothing is there is only said once no acknowledged write can have been missed; until then it waits for more
 * replicas, and in the end tells its client to try again.
 */
function answer(dht: Dht, state: DhtState, ctx: DhtContext, operation: ReadOperation): void {
  const known = knownTo(operation)
  const values = valuesOf(known)
  const isComplete = seesEverything(dht, operation.homes, operation.found)
  if (values.length === 0 && !isComplete) return
  operation.isAnswered = true
  if (values.length > 1) state.tally.siblingsShown++
  const context = clockEntries(known.clock)
  answerTo(
    ctx,
    operation.asker,
    values.length > 0
      ? { status: 200, values, context, isComplete }
      : { status: 404, message: 'there is no such key', context, isComplete },
  )
  repair(dht, state, ctx, operation)
}

function knownTo({ found }: ReadOperation): Siblings {
  let known = NOTHING
  for (const siblings of found.values()) known = merge(known, siblings)
  return known
}

/** Read repair: whoever answered with less is told the rest, this node included. */
function repair(dht: Dht, state: DhtState, ctx: DhtContext, operation: ReadOperation): void {
  const { id, view, key, position, found } = operation
  const known = knownTo(operation)
  const behind = (to: string): boolean => found.has(to) && !isEqual(found.get(to)!, known)
  for (const { id: to, uri } of presentHomes(state, operation)) {
    if (!behind(to)) continue
    found.set(to, known)
    state.tally.readRepairs++
    if (to !== state.identity.id) {
      ctx.send(uri, { type: 'Store', id, view, to, item: { key, siblings: known }, standInFor: null })
    } else if (isOwn(dht, state, position) && keep(dht, state, ctx, key, known)) makeDurable(state, ctx)
  }
}

/** By the newest ring, which is the last. */
function presentHomes(state: DhtState, { homes }: ReadOperation): readonly Member[] {
  return (homes.at(-1) ?? []).filter(({ id }) => state.history.members.has(id))
}

function end(state: DhtState, ctx: DhtContext, { id }: ReadOperation): void {
  state.operations.delete(id)
  ctx.cancelTimer({ type: 'operation', id })
}

export function giveUpReading(state: DhtState, ctx: DhtContext, operation: ReadOperation): void {
  if (!operation.isAnswered) {
    answerTo(ctx, operation.asker, unavailable('too few replicas answered in time'))
  }
  end(state, ctx, operation)
}
