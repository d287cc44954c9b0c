import { isSuspected } from '../failure-detection/heartbeats.ts'
import { write } from '../versions/siblings.ts'
import { answerTo } from './answer.ts'
import { replace, siblingsAt } from './contents.ts'
import type { Dht } from './dht.ts'
import { bytesOf, positionOf } from './items.ts'
import type { Member } from './member.ts'
import type { Stored } from './messages.ts'
import { makeDurable } from './persistence.ts'
import { armRetry } from './patience.ts'
import { everyHome, homesOf, isWritten } from './quorum.ts'
import { type Answer, type KeyRequest, unavailable } from './requests.ts'
import type { Asker, DhtContext, DhtState, WriteOperation } from './state.ts'

/**
 * A write by one of those that keep the key: it writes for itself first, so that it never counts a write twice, and
 * then tells the others all that it knows of the key (Dynamo, sections 4.4 and 4.5).
 */
export function beginWrite(
  dht: Dht,
  state: DhtState,
  ctx: DhtContext,
  asker: Asker,
  request: Exclude<KeyRequest, { type: 'GET' }>,
): void {
  const { key } = request
  const position = positionOf(key)
  const known = siblingsAt(state, position)
  const value = request.type === 'PUT' ? request.value : null
  const context = request.context === undefined ? known.clock : new Map(request.context)
  const siblings = write(known, context, state.actor, value)
  if (siblings.versions.length > 1 && bytesOf({ key, siblings }) > dht.options.maxItemBytes) {
    answerTo(ctx, asker, tooManyValues)
    return
  }
  replace(dht, state, ctx, key, siblings)
  makeDurable(state, ctx)
  const operation: WriteOperation = {
    kind: 'write',
    id: state.nextId++,
    asker,
    key,
    position,
    view: state.history.view,
    homes: homesOf(dht, state, position),
    beganMs: ctx.now,
    waitMs: dht.options.retryMs,
    isAnswered: false,
    siblings,
    kept: new Set([state.identity.id]),
    standIns: new Map(),
    stoodIn: new Set(),
  }
  if (operation.homes.length > 1) state.tally.jointQuorums++
  state.operations.set(operation.id, operation)
  goOnWriting(dht, state, ctx, operation)
}

const tooManyValues: Answer = {
  status: 413,
  message: 'the key has too many concurrent values: read them, and write one with the context of that answer',
}

/** Who is not suspected is asked so often before somebody else is asked in its place. */
const TRIES_BEFORE_STAND_IN = 2

/** Tells whoever has not acknowledged it yet, and arms the timer for the next time. */
export function goOnWriting(dht: Dht, state: DhtState, ctx: DhtContext, operation: WriteOperation): void {
  const { id, homes, kept, beganMs } = operation
  concludeWrite(dht, state, ctx, operation)
  if (!state.operations.has(id)) return
  const isRepeated = ctx.now - beganMs >= dht.options.retryMs * TRIES_BEFORE_STAND_IN
  for (const home of everyHome(homes)) {
    if (kept.has(home.id) || state.history.gone.has(home.id)) continue
    store(ctx, operation, home, null)
    const isDoubtful = isRepeated || isSuspected(state.heartbeats, home.id, ctx.now, dht.options.suspectAfterMs)
    if (isDoubtful && dht.options.ownWrites < dht.options.writeQuorum) standIn(dht, state, ctx, operation, home)
  }
  armRetry(dht, ctx, operation)
}

function store(ctx: DhtContext, operation: WriteOperation, to: Member, standInFor: string | null): void {
  const { id, view, key, siblings } = operation
  ctx.send(to.uri, { type: 'Store', id, view, to: to.id, item: { key, siblings }, standInFor })
}

/** Some other member keeps it for one that does not answer: a sloppy quorum (section 4.6). */
function standIn(dht: Dht, state: DhtState, ctx: DhtContext, operation: WriteOperation, home: Member): void {
  const { standIns, stoodIn, homes } = operation
  if (stoodIn.has(home.id)) return
  const known = standIns.get(home.id) ?? pickStandIn(dht, state, ctx, homes, standIns)
  if (known === undefined) return
  standIns.set(home.id, known)
  store(ctx, operation, known, home.id)
}

function pickStandIn(
  { options }: Dht,
  { history, heartbeats, identity }: DhtState,
  ctx: DhtContext,
  homes: WriteOperation['homes'],
  taken: WriteOperation['standIns'],
): Member | undefined {
  const busy = new Set([...everyHome(homes), ...taken.values()].map(({ id }) => id))
  for (const member of history.members.values()) {
    if (busy.has(member.id) || member.id === identity.id) continue
    if (!isSuspected(heartbeats, member.id, ctx.now, options.suspectAfterMs)) return member
  }
  return undefined
}

export function onStored(dht: Dht, state: DhtState, ctx: DhtContext, { id, view, by }: Stored): void {
  const operation = state.operations.get(id)
  if (operation?.kind !== 'write' || operation.view !== view) return
  if (everyHome(operation.homes).some((home) => home.id === by)) operation.kept.add(by)
  for (const [home, { id: instead }] of operation.standIns) if (instead === by) operation.stoodIn.add(home)
  concludeWrite(dht, state, ctx, operation)
}

function concludeWrite(dht: Dht, state: DhtState, ctx: DhtContext, operation: WriteOperation): void {
  if (!operation.isAnswered && isWritten(dht, operation)) {
    operation.isAnswered = true
    answerTo(ctx, operation.asker, { status: 200 })
  }
  if (everyHome(operation.homes).some(({ id }) => !operation.kept.has(id))) return
  end(state, ctx, operation)
}

function end(state: DhtState, ctx: DhtContext, { id }: WriteOperation): void {
  state.operations.delete(id)
  ctx.cancelTimer({ type: 'operation', id })
}

/** The client may try again: what was written may come to be seen, or not. */
export function giveUpWriting(state: DhtState, ctx: DhtContext, operation: WriteOperation): void {
  if (!operation.isAnswered) {
    answerTo(ctx, operation.asker, unavailable('too few replicas answered in time; the write may still take effect'))
  }
  end(state, ctx, operation)
}
