import { siblingsAt } from './contents.ts'
import type { Dht } from './dht.ts'
import { homesOf } from './quorum.ts'
import { giveUpReading, goOnReading } from './read.ts'
import type { DhtContext, DhtState, ReadOperation, WriteOperation } from './state.ts'
import { giveUpWriting, goOnWriting } from './write.ts'

/** The time of an operation has come: it goes on, or has taken too long. */
export function onOperationTimer(dht: Dht, state: DhtState, ctx: DhtContext, id: number): void {
  const operation = state.operations.get(id)
  if (operation === undefined) return
  const isLate = ctx.now - operation.beganMs >= dht.options.requestTimeoutMs
  if (isLate) giveUp(state, ctx, operation)
  else goOn(dht, state, ctx, operation)
}

function goOn(dht: Dht, state: DhtState, ctx: DhtContext, operation: ReadOperation | WriteOperation): void {
  if (operation.kind === 'write') goOnWriting(dht, state, ctx, operation)
  else goOnReading(dht, state, ctx, operation)
}

function giveUp(state: DhtState, ctx: DhtContext, operation: ReadOperation | WriteOperation): void {
  if (operation.kind === 'write') giveUpWriting(state, ctx, operation)
  else giveUpReading(state, ctx, operation)
}

/** Quorums belong to one view: in a new one all are asked anew. */
export function beginAnew(dht: Dht, state: DhtState, ctx: DhtContext): void {
  const { identity, history, standing } = state
  for (const operation of Array.from(state.operations.values())) {
    if (standing !== 'member' || state.inForce.length === 0) {
      giveUp(state, ctx, operation)
      continue
    }
    operation.view = history.view
    operation.waitMs = dht.options.retryMs
    operation.homes = homesOf(dht, state, operation.position)
    if (operation.kind === 'write') {
      operation.kept.clear()
      operation.kept.add(identity.id)
      operation.standIns.clear()
      operation.stoodIn.clear()
    } else {
      operation.found.clear()
      operation.found.set(identity.id, siblingsAt(state, operation.position))
    }
    goOn(dht, state, ctx, operation)
  }
}
