import type { Millis } from '../../sim/machine.ts'
import type { Entry, Outcome } from './messages.ts'
import type { Raft } from './raft.ts'
import type { RaftContext, RaftState, Session, Waiter } from './state.ts'

/**
 * A command may come into the log several times, as clients repeat what was not answered: by the same leader, or by
 * the next one that found the first copy in its log. So the table of sessions is looked at when an entry is applied,
 * where every server sees the same table at the same index, and not only when it is proposed (section 8; dissertation,
 * section 6.3).
 *
 * Sessions that are never dropped need no registration: an unknown one is a new one. Where they expire, an unknown one
 * may be one that was dropped, whose command was executed long ago; so a session is opened by an entry of its own, is
 * named after the index of that entry, and no command of an unknown one is executed. When one expires is decided by
 * the log's time, so that every server drops it at the same index.
 */
export function isRepeat(session: Session | undefined, serial: number): boolean {
  return session !== undefined && serial <= session.serial
}

const EXPIRED: Outcome = { status: 'session expired' }

/** Does what the entry at the index says, as far as it may be done; what its client is told, if anything. */
export function applyEntry(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  index: number,
  entry: Entry,
): Outcome | undefined {
  const nowMs = raft.rules.sessionClockMs(entry, ctx)
  const expires = raft.options.sessionTtlMs < Infinity
  if (expires) dropExpired(raft, state, ctx, nowMs)
  if (entry.servers !== null) {
    ctx.note('configuration committed', { index, servers: entry.servers })
    return { status: 'ok', answer: null }
  }
  if (entry.command === null) return entry.session === '' ? undefined : openSession(state, index, entry, nowMs)
  return execute(raft, state, entry, nowMs, expires)
}

/** The log's time: the same on every server. */
export function sessionClockMs(entry: Entry): Millis {
  return entry.stampMs
}

/** Sessions stand in the order of their last use, so that the first that is young enough ends the search. */
function dropExpired(raft: Raft, state: RaftState, ctx: RaftContext, nowMs: Millis): void {
  for (const [name, { usedMs }] of state.sessions) {
    if (nowMs - usedMs <= raft.options.sessionTtlMs) return
    state.sessions.delete(name)
    state.expiredSessions++
    ctx.note('session expired', { session: name })
  }
}

/** The name is never given again, so that an entry which comes late cannot open a session that has expired. */
function openSession(state: RaftState, index: number, { session }: Entry, usedMs: Millis): Outcome {
  const opened = `${session}.${index}`
  state.sessions.set(opened, { serial: 0, answer: null, usedMs })
  return { status: 'session opened', opened }
}

/**
 * Executes the entry's command unless it was executed before; a repeat of the last is answered as it was then. A
 * number below the last is never executed: its client has gone on, and nobody waits.
 */
function execute(
  raft: Raft,
  state: RaftState,
  { session: name, serial, command }: Entry,
  usedMs: Millis,
  expires: boolean,
): Outcome | undefined {
  const { sessions } = state
  const session = sessions.get(name)
  if (session === undefined && expires) return EXPIRED
  const repeated = raft.rules.isRepeat(session, serial)
  const next = repeated
    ? { serial: session!.serial, answer: session!.answer, usedMs }
    : { serial, answer: raft.stateMachine.apply(state.data, command!), usedMs }
  if (expires) sessions.delete(name)
  sessions.set(name, next)
  return next.serial === serial ? { status: 'ok', answer: next.answer } : undefined
}

/**
 * An index and a term name one entry for good (section 5.3): with another term, the entry the client waits for was
 * overwritten by another leader's, whose answer is not for this client.
 */
export function isAnswerFor(waiter: Waiter, term: number): boolean {
  return waiter.term === term
}
