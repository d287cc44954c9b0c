import { always, type AlwaysProperty, behind, type ClusterView } from '../../checks/property.ts'
import { samePlain } from '../../checks/plain.ts'
import { durability } from './durability-invariant.ts'
import { entryAt, lastIndex, termAt } from './log.ts'
import type { Entry } from './messages.ts'
import { serverChanged, standingChanged } from './server-changed.ts'
import { serverState } from './server-state.ts'
import { snapshotSafety } from './snapshot-invariant.ts'
import type { RaftState } from './state.ts'

/**
 * The five properties that Raft guarantees at all times (section 5, figure 3), watched from outside over the whole
 * cluster. They are asked after every event, so each first compares what could have changed with what it remembers.
 */

/** At most one leader is elected in a term. */
export const electionSafety: AlwaysProperty<Map<number, string>> = always(
  'election safety',
  (_view, leaders: Map<number, string>, changed) => {
    const state = serverState(changed)
    if (state === undefined || state.role !== 'leader') return undefined
    const leader = leaders.get(state.term)
    if (leader === undefined) leaders.set(state.term, changed.id)
    return leader === undefined || leader === changed.id
      ? undefined
      : `${leader} and ${changed.id} both lead in term ${state.term}`
  },
  () => new Map(),
)

/** How far a node's log was looked at. */
interface Seen {
  incarnation: number
  term: number
  length: number
  last: Entry | undefined
}

function remembered(memory: Map<string, Seen>, id: string): Seen {
  let seen = memory.get(id)
  if (seen === undefined) {
    seen = { incarnation: 0, term: 0, length: 0, last: undefined }
    memory.set(id, seen)
  }
  return seen
}

function remember(seen: Seen, state: RaftState, incarnation: number): void {
  seen.incarnation = incarnation
  seen.term = state.term
  seen.length = lastIndex(state.log)
  seen.last = entryAt(state.log, seen.length)
}

/** True where the log begins as it did when it was last looked at, as far as it was not compacted since. */
function stillBegins(seen: Seen, { log }: RaftState): boolean {
  return lastIndex(log) >= seen.length && (seen.length <= log.baseIndex || entryAt(log, seen.length) === seen.last)
}

/** A leader never overwrites or removes entries of its log. */
export const leaderAppendOnly: AlwaysProperty<Map<string, Seen>> = always(
  'leader append-only',
  (_view, memory: Map<string, Seen>, changed) => {
    const state = serverState(changed)
    if (state === undefined || state.role !== 'leader') return undefined
    const seen = remembered(memory, changed.id)
    const sameLeadership = seen.term === state.term && seen.incarnation === changed.incarnation
    if (sameLeadership && !stillBegins(seen, state)) {
      return `${changed.id} changed entry ${seen.length} of its log while it led term ${state.term}`
    }
    if (!sameLeadership || lastIndex(state.log) !== seen.length) remember(seen, state, changed.incarnation)
    return undefined
  },
  () => new Map(),
  { nodeByNode: true },
)

/** What all logs must hold at one index in one term: this entry, behind one of that term. */
interface Known {
  readonly entry: Entry
  readonly previousTerm: number
  readonly holder: string
}

interface LogMatchingMemory {
  readonly seen: Map<string, Seen>
  /** By index, and there by term. */
  readonly known: (Known[] | undefined)[]
}

/**
 * Two logs that have an entry with the same index and term are the same up to it. By induction over the index it is
 * enough that both have there the same command, and before it the same term.
 */
export const logMatching: AlwaysProperty<LogMatchingMemory> = always(
  'log matching',
  (_view, memory: LogMatchingMemory, changed) => {
    const state = serverState(changed)
    if (state === undefined) return undefined
    const seen = remembered(memory.seen, changed.id)
    const length = lastIndex(state.log)
    const begins = stillBegins(seen, state)
    if (begins && length === seen.length) return undefined
    // Where the log was rewritten, all of it is looked at anew.
    const from = Math.max(begins ? seen.length : 0, state.log.baseIndex)
    for (let index = from + 1; index <= length; index++) {
      const wrong = matchEntry(memory.known, changed.id, state, index)
      if (wrong !== undefined) return wrong
    }
    remember(seen, state, changed.incarnation)
    return undefined
  },
  () => ({ seen: new Map(), known: [] }),
)

function matchEntry(
  known: LogMatchingMemory['known'],
  id: string,
  state: RaftState,
  index: number,
): string | undefined {
  const entry = entryAt(state.log, index)!
  const previousTerm = termAt(state.log, index - 1)
  const there = known[index]
  const same = there?.find(({ entry: { term } }) => term === entry.term)
  if (same === undefined) {
    const first = { entry, previousTerm, holder: id }
    if (there === undefined) known[index] = [first]
    else there.push(first)
    return undefined
  }
  return same.previousTerm === previousTerm && sameEntry(same.entry, entry)
    ? undefined
    : `the logs of ${same.holder} and ${id} differ at or before entry ${index} of term ${entry.term}`
}

/** In one process an entry is one object; one that comes from a disk or a wire is compared by content. */
function sameEntry(one: Entry, other: Entry): boolean {
  return (
    one === other ||
    (one.term === other.term &&
      one.session === other.session &&
      one.serial === other.serial &&
      one.stampMs === other.stampMs &&
      samePlain(one.command, other.command) &&
      samePlain(one.servers, other.servers))
  )
}

interface CompletenessMemory {
  /** By index less one: the term of the committed entry, 0 where unknown, and of the leader that committed it. */
  readonly committed: { readonly term: number; readonly byTerm: number }[]
  /** The last term in which each server was looked at as a leader. */
  readonly ledTerm: Map<string, number>
}

/** A committed entry is in the log of every leader of a later term. */
export const leaderCompleteness: AlwaysProperty<CompletenessMemory> = always(
  'leader completeness',
  (view, memory: CompletenessMemory, changed) => {
    const state = serverState(changed)
    if (state === undefined || state.role !== 'leader') return undefined
    const { committed, ledTerm } = memory
    if (ledTerm.get(changed.id) !== state.term) {
      ledTerm.set(changed.id, state.term)
      const missing = missingIn(state, memory, 1)
      if (missing > 0) return `${changed.id} leads term ${state.term} without the committed entry ${missing}`
    }
    if (state.commitIndex <= committed.length) return undefined
    const from = committed.length + 1
    while (committed.length < state.commitIndex) {
      committed.push({ term: termAt(state.log, committed.length + 1), byTerm: state.term })
    }
    return laterLeaderWithout(view, memory, from)
  },
  () => ({ committed: [], ledTerm: new Map() }),
)

/** The first committed entry that a leader must have and has not; 0 where it has all. It has what its snapshot covers. */
function missingIn({ log, term: ledTerm }: RaftState, { committed }: CompletenessMemory, from: number): number {
  for (let index = Math.max(from, log.baseIndex, 1); index <= committed.length; index++) {
    const { term, byTerm } = committed[index - 1]!
    if (byTerm < ledTerm && term > 0 && termAt(log, index) !== term) return index
  }
  return 0
}

/** An old leader may commit when a later one is already at work. */
function laterLeaderWithout(view: ClusterView, memory: CompletenessMemory, from: number): string | undefined {
  for (const node of view.nodes) {
    const state = serverState(node)
    if (state === undefined || state.role !== 'leader') continue
    const missing = missingIn(state, memory, from)
    if (missing > 0) return `${node.id} leads term ${state.term} without the committed entry ${missing}`
  }
  return undefined
}

interface AppliedMemory {
  /** By index: the entry, and who applied it first; nothing where it was compacted before anyone looked. */
  readonly applied: ({ readonly entry: Entry; readonly by: string } | undefined)[]
  readonly upTo: Map<string, { incarnation: number; index: number }>
}

/** No two servers apply different entries at the same index. */
export const stateMachineSafety: AlwaysProperty<AppliedMemory> = always(
  'state machine safety',
  (_view, { applied, upTo }: AppliedMemory, changed) => {
    const state = serverState(changed)
    if (state === undefined) return undefined
    let own = upTo.get(changed.id)
    if (own === undefined || own.incarnation !== changed.incarnation) {
      own = { incarnation: changed.incarnation, index: 0 }
      upTo.set(changed.id, own)
    }
    own.index = Math.max(own.index, state.restoredIndex, Math.min(state.log.baseIndex, state.lastApplied))
    while (own.index < state.lastApplied) {
      const entry = entryAt(state.log, ++own.index)
      if (entry === undefined) return `${changed.id} applied entry ${own.index}, which its log has not`
      const first = applied[own.index]
      if (first === undefined) applied[own.index] = { entry, by: changed.id }
      else if (!sameEntry(first.entry, entry))
        return `${first.by} and ${changed.id} applied different entries at index ${own.index}`
    }
    return undefined
  },
  () => ({ applied: [], upTo: new Map() }),
)

/** Within one incarnation a server's term never goes back (section 5.1). */
export const termMonotonicity: AlwaysProperty<Map<string, { incarnation: number; term: number }>> = always(
  'term monotonicity',
  (_view, terms: Map<string, { incarnation: number; term: number }>, changed) => {
    const state = serverState(changed)
    if (state === undefined) return undefined
    const last = terms.get(changed.id)
    if (last === undefined || last.incarnation !== changed.incarnation) {
      terms.set(changed.id, { incarnation: changed.incarnation, term: state.term })
      return undefined
    }
    if (state.term < last.term) return `${changed.id} went back from term ${last.term} to term ${state.term}`
    last.term = state.term
    return undefined
  },
  () => new Map(),
  { nodeByNode: true },
)

/** Whatever crashes leave of a server's files, it starts again from them, where the disk kept its promises. */
export const recoverability: AlwaysProperty = always('recoverability', (_view, _memory, changed) =>
  changed.role === 'server' && changed.exitReason !== undefined && changed.diskHarmed !== true
    ? `${changed.id} stays away, though its disk kept every promise: ${changed.exitReason}`
    : undefined,
)

export const raftInvariants: readonly AlwaysProperty[] = [
  ...behind<AlwaysProperty>(standingChanged, [electionSafety]),
  ...behind<AlwaysProperty>(serverChanged, [leaderAppendOnly, logMatching, leaderCompleteness, stateMachineSafety]),
  ...behind<AlwaysProperty>(standingChanged, [snapshotSafety, termMonotonicity, recoverability]),
  durability,
]
