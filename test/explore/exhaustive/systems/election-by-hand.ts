/**
 * Raft's elections once more, written from the paper (section 5.2) and not from the machine: servers that time out once
 * each, votes, and nothing else. It counts the different states within so many steps, up to the step in which a leader
 * is elected: from there on a leader's log would matter, which has no place here.
 */

interface Server {
  readonly term: number
  readonly vote: number | null
  readonly role: 'follower' | 'candidate' | 'leader'
  /** In the order they came. */
  readonly votes: readonly number[]
  readonly timedOut: boolean
  /** Terms in which its vote for itself is on its way to its disk. */
  readonly writing: readonly number[]
}

interface Letter {
  readonly kind: 'request' | 'grant' | 'refuse'
  readonly from: number
  readonly to: number
  readonly term: number
}

interface Election {
  readonly servers: readonly Server[]
  readonly letters: readonly Letter[]
}

const FIRST: Server = { term: 0, vote: null, role: 'follower', votes: [], timedOut: false, writing: [] }

export function countElectionStates(count: number, depth: number): number {
  const first: Election = { servers: Array.from({ length: count }, () => FIRST), letters: [] }
  const seen = new Set([written(first)])
  let level = [first]
  for (let step = 0; step < depth; step++) {
    const next: Election[] = []
    for (const state of level) {
      for (const successor of successors(state)) {
        const text = written(successor)
        if (seen.has(text)) continue
        seen.add(text)
        next.push(successor)
      }
    }
    level = next
  }
  return seen.size
}

function written({ servers, letters }: Election): string {
  return JSON.stringify([servers, letters.map((letter) => JSON.stringify(letter)).sort()])
}

function successors(state: Election): readonly Election[] {
  const { servers, letters } = state
  const next: Election[] = []
  for (const [id, server] of servers.entries()) {
    if (!server.timedOut && server.role !== 'leader') next.push(timeOut(state, id))
    if (server.writing.length > 0) next.push(hasWritten(state, id))
  }
  for (const [place, letter] of letters.entries()) {
    const rest = { servers, letters: letters.filter((_, index) => index !== place) }
    const after = letter.kind === 'request' ? onRequest(rest, letter) : onAnswer(rest, letter)
    // A letter that changes nothing may as well come later.
    if (after !== rest) next.push(after)
  }
  return next
}

function change(
  { servers, letters }: Election,
  id: number,
  fields: Partial<Server>,
  sent: readonly Letter[],
): Election {
  const changed = servers.map((server, index) => (index === id ? { ...server, ...fields } : server))
  return { servers: changed, letters: [...letters, ...sent] }
}

function timeOut(state: Election, id: number): Election {
  const server = state.servers[id]!
  const term = server.term + 1
  const others = state.servers.map((_, index) => index).filter((index) => index !== id)
  const requests = others.map((to): Letter => ({ kind: 'request', from: id, to, term }))
  const writing = [...server.writing, term]
  return change(state, id, { term, vote: id, role: 'candidate', votes: [], timedOut: true, writing }, requests)
}

function hasWritten(state: Election, id: number): Election {
  const [term, ...writing] = state.servers[id]!.writing
  const after = change(state, id, { writing }, [])
  return term === after.servers[id]!.term ? counted(after, id, id) : after
}

function counted(state: Election, id: number, voter: number): Election {
  const server = state.servers[id]!
  if (server.role !== 'candidate' || server.votes.includes(voter)) return state
  const votes = [...server.votes, voter]
  const wins = votes.length * 2 > state.servers.length
  return change(state, id, wins ? { role: 'leader', votes: [] } : { votes }, [])
}

function onRequest(state: Election, { from, to, term }: Letter): Election {
  const server = state.servers[to]!
  const isLater = term > server.term
  const base = isLater ? ({ term, vote: null, role: 'follower', votes: [] } as const) : {}
  const { vote } = { ...server, ...base }
  const grants = term >= server.term && (vote === null || vote === from)
  const answer: Letter = { kind: grants ? 'grant' : 'refuse', from: to, to: from, term: Math.max(term, server.term) }
  return change(state, to, grants ? { ...base, vote: from } : base, [answer])
}

function onAnswer(state: Election, { kind, from, to, term }: Letter): Election {
  const server = state.servers[to]!
  if (term > server.term) return change(state, to, { term, vote: null, role: 'follower', votes: [] }, [])
  return kind === 'grant' && term === server.term ? counted(state, to, from) : state
}
