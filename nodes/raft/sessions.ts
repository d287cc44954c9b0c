import type { Entry } from './messages.ts'
import type { Raft } from './raft.ts'
import type { RaftState, Session, Waiter } from './state.ts'
import type { Answer } from './state-machine.ts'

/**
 * A command may come into the log several times, as clients repeat what was not answered: by the same leader, or by
 * the next one that found the first copy in its log. So the table of sessions is looked at when an entry is applied,
 * where every server sees the same table at the same index, and not only when it is proposed (section 8; dissertation,
 * section 6.3). Sessions need no registration: they are never dropped, so an unknown one is a new one.
 */
export function isRepeat(session: Session | undefined, serial: number): boolean {
  return session !== undefined && serial <= session.serial
}

/**
 * Executes the entry's command unless it was executed before; a repeat of the last is answered as it was then. A
 * number below the last is never executed: its client has gone on, and nobody waits. Undefined: no answer.
 */
export function executeOnce(raft: Raft, state: RaftState, entry: Entry): Answer {
  if (entry.command === null) return undefined
  const session = state.sessions.get(entry.session)
  if (raft.rules.isRepeat(session, entry.serial)) {
    return session?.serial === entry.serial ? session.answer : undefined
  }
  const answer = raft.stateMachine.apply(state.data, entry.command)
  state.sessions.set(entry.session, { serial: entry.serial, answer })
  return answer
}

/**
 * An index and a term name one entry for good (section 5.3): with another term, the entry the client waits for was
 * overwritten by another leader's, whose answer is not for this client.
 */
export function isAnswerFor(waiter: Waiter, term: number): boolean {
  return waiter.term === term
}
