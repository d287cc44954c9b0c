import type { GoingOn, NodeBefore, PastOperation, PlannedOperation } from '../explore/scenario.ts'
import type { Dictionary, DictionaryCommand } from '../nodes/dictionary/dictionary.ts'
import { entryAt, lastIndex } from '../nodes/raft/log.ts'
import type { RaftState } from '../nodes/raft/state.ts'

/**
 * How clients may go on from given servers: they find what the server that has applied most holds, which a majority
 * has agreed to; and each command that is in a log behind that may take effect yet.
 */
export function raftKvGoingOn(alwaysUsed: readonly string[]): GoingOn {
  return {
    chosen: { members: 'stay', 'leader checks': 'both', 'session time to live': Infinity },
    history: (nodes, planned) => {
      const states = nodes.flatMap(stateOf)
      const keys = keysOf(alwaysUsed, planned)
      const ahead = states.reduce<RaftState<Dictionary> | undefined>(
        (most, state) => (most === undefined || state.lastApplied > most.lastApplied ? state : most),
        undefined,
      )
      return ahead === undefined ? [] : [...foundIn(ahead, keys), ...pendingBehind(ahead.lastApplied, states, keys)]
    },
  }
}

function stateOf({ role, state }: NodeBefore): readonly RaftState<Dictionary>[] {
  return role === 'server' && state !== undefined ? [state as RaftState<Dictionary>] : []
}

function keysOf(alwaysUsed: readonly string[], planned: readonly PlannedOperation[]): ReadonlySet<string> {
  const named = planned.flatMap(({ input }) => (input as { readonly key?: string }).key ?? [])
  return new Set([...alwaysUsed, ...named])
}

function foundIn({ data }: RaftState<Dictionary>, keys: ReadonlySet<string>): readonly PastOperation[] {
  return [...keys].flatMap((key): readonly PastOperation[] => {
    const value = data.get(key)
    if (value === undefined) return []
    return [{ input: { action: 'set', key, value }, outcome: 'ok', output: null }]
  })
}

/** A command is executed once, however many logs it is in. */
function pendingBehind(
  index: number,
  states: readonly RaftState<Dictionary>[],
  keys: ReadonlySet<string>,
): readonly PastOperation[] {
  const pending = new Map<string, PastOperation>()
  for (const { log } of states) {
    for (let place = Math.max(index, log.baseIndex) + 1; place <= lastIndex(log); place++) {
      const { command, session, serial } = entryAt(log, place)!
      const input = command as DictionaryCommand | null
      if (input === null || input.action === 'get' || !keys.has(input.key)) continue
      pending.set(`${session} ${serial}`, { input: { ...input }, outcome: 'info' })
    }
  }
  return [...pending.values()]
}
