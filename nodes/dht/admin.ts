import { isSuspected } from '../failure-detection/heartbeats.ts'
import { comparePositions } from '../ring/ring.ts'
import { isTombstone, valuesOf } from '../versions/siblings.ts'
import type { Dht } from './dht.ts'
import { push } from './gossip.ts'
import { fitting } from './items.ts'
import { beginJoin, findMember } from './join-and-leave.ts'
import { author, othersOf, selfMember } from './membership.ts'
import type { Member } from './member.ts'
import type { MembershipEvent } from './messages.ts'
import { type AdminRequest, type Answer, type ShownEvent, type ShownItem, unavailable } from './requests.ts'
import type { DhtContext, DhtState } from './state.ts'

const MOST_ITEMS = 1_000

type ItemsRequest = Extract<AdminRequest, { type: 'ITEMS' }>

/** What an administrator asks of this node, or wants to know. */
export function administer(dht: Dht, state: DhtState, ctx: DhtContext, request: AdminRequest): Answer {
  switch (request.type) {
    case 'EVENTS':
      return { status: 200, events: state.history.events.flatMap(shownEvent) }
    case 'JOIN':
      return join(dht, state, ctx)
    case 'SHUTDOWN':
      return shutdown(dht, state, ctx)
    case 'ADD':
      return add(dht, state, ctx, request.member)
    case 'REMOVE':
      return remove(dht, state, ctx, request.nodeId)
    case 'ITEMS':
      return shownItems(dht, state, request)
    case 'RING':
      return shownRing(dht, state, ctx)
  }
}

function join(dht: Dht, state: DhtState, ctx: DhtContext): Answer {
  const { standing } = state
  if (standing === 'member' || standing === 'joining') return { status: 200 }
  if (standing === 'leaving' || state.items.size > 0) return unavailable('it is still leaving; try again')
  beginJoin(dht, state, ctx)
  return { status: 200 }
}

function shutdown(dht: Dht, state: DhtState, ctx: DhtContext): Answer {
  const { standing, history } = state
  if (standing === 'joining') return unavailable('this node is still joining; try again')
  if (standing !== 'member') return { status: 200 }
  if (history.members.size < 2) {
    return unavailable('this is the last member, and nobody could take over what it holds: stop its process instead')
  }
  dht.rules.leave(dht, state, ctx)
  return { status: 200 }
}

function add(dht: Dht, state: DhtState, ctx: DhtContext, member: Member): Answer {
  if (state.history.members.has(member.id)) return { status: 200 }
  return takeDown(dht, state, ctx, 'ADD', member)
}

/** A live member is asked to leave instead, as it alone can hand over what it holds. */
function remove(dht: Dht, state: DhtState, ctx: DhtContext, nodeId: string): Answer {
  const member = findMember(state, nodeId)
  if (member === undefined) return { status: 404, message: `there is no member ${nodeId}` }
  if (member.id === state.identity.id) return { status: 400, message: 'a node is asked to leave by SHUTDOWN' }
  if (!isSuspected(state.heartbeats, member.id, ctx.now, dht.options.suspectAfterMs)) {
    return { status: 400, message: `${member.name} is alive as far as is known here: ask it to leave by SHUTDOWN` }
  }
  return takeDown(dht, state, ctx, 'REMOVE', member)
}

function takeDown(dht: Dht, state: DhtState, ctx: DhtContext, type: MembershipEvent['type'], member: Member): Answer {
  if (state.standing !== 'member') return unavailable('this node is no member')
  author(dht, state, ctx, [[type, member]])
  push(state, ctx, [...othersOf(state).map(({ uri }) => uri), member.uri])
  return { status: 200 }
}

/** That a member is leaving shows once it has left. */
function shownEvent({ type, timestampMs, member }: MembershipEvent): readonly ShownEvent[] {
  if (type === 'LEAVE') return []
  const { id: nodeId, name, uri, tokens } = member
  return [{ timestamp: timestampMs, type, nodeId, name, uri, tokens: tokens.map((value) => ({ value })) }]
}

/** Deletions are remembered, and not shown. */
function shownItems({ options }: Dht, state: DhtState, request: ItemsRequest): Answer {
  const { after = '', limit = MOST_ITEMS, cut } = request
  const positions = [...state.items]
    .flatMap(([position, { siblings }]) => (position > after && !isTombstone(siblings) ? [position] : []))
    .sort(comparePositions)
  const most = Math.max(1, Math.min(limit, MOST_ITEMS))
  const first = positions.slice(0, most).map((position) => state.items.get(position)!)
  const present = cut === undefined ? fitting(first, options.maxBytesPerMessage) : first
  const items = present.map(({ key, siblings }, place): ShownItem => {
    const position = positions[place]!
    const values = valuesOf(siblings).map((value) => shortened(value, cut))
    return { position, key: shortened(key, cut), values, isStray: state.strays.has(position) }
  })
  return { status: 200, items, ...(positions.length > items.length ? { next: items.at(-1)!.position } : {}) }
}

function shortened(text: string, most = Infinity): string {
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text
}

function shownRing(dht: Dht, state: DhtState, ctx: DhtContext): Answer {
  const self = selfMember(dht, state, ctx).id
  const members = [...state.history.members.values()].map(({ id, name, uri, tokens }) => ({
    nodeId: id,
    name,
    uri,
    tokens,
    isSuspected: id !== self && isSuspected(state.heartbeats, id, ctx.now, dht.options.suspectAfterMs),
    isSelf: id === self,
  }))
  return { status: 200, members }
}
