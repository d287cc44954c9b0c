import type { Machine, NodeId } from '../../sim/machine.ts'
import { newHeartbeats } from '../failure-detection/heartbeats.ts'
import { ownersAt } from '../ring/ring.ts'
import { administer } from './admin.ts'
import { answerTo } from './answer.ts'
import { bugOptions, bugRules } from './bugs/index.ts'
import { findStrays } from './contents.ts'
import { collect } from './collect.ts'
import { defaultDhtOptions, type Dht, type DhtOptions, type Rules } from './dht.ts'
import { mayForward, onForward, onForwarded, onForwardTimer, onKeyRequest } from './forward.ts'
import { gossip, onGossipAck, onGossipSyn } from './gossip.ts'
import { handOver, mayDrop, onHandedOver } from './handover.ts'
import { byLogicalClock, historyOf } from './history.ts'
import { drawActor, drawIdentity } from './identity.ts'
import { beginJoin, beginLeave, buryGhosts, enroll, goOnLeaving, mayDepart } from './join-and-leave.ts'
import { ghostsOf, introduceOthers, selfMember, setStanding } from './membership.ts'
import type { ClientRequest, DhtMessage } from './messages.ts'
import { beginAnew, onOperationTimer } from './operations.ts'
import { compact, createJournal, recordStart, recover, type Recovered } from './persistence.ts'
import { onFound } from './read.ts'
import { onContents } from './replica.ts'
import { ringsToAsk } from './quorum.ts'
import { repairWithAnother } from './repair.ts'
import { noticeSettled } from './settle.ts'
import { type Asker, type DhtContext, type DhtState, type DhtTimer, emptyTally } from './state.ts'
import { beginSync, onOffer, onPulled, repeatSync } from './sync.ts'
import { onStored } from './write.ts'

const correctRules: Rules = {
  eventOrder: byLogicalClock,
  ringsToAsk,
  isSameView: (said, own) => said === own,
  mayForward,
  ownersToMoveTo: ownersAt,
  actor: drawActor,
  leave: beginLeave,
  mayDepart,
  mayDrop,
  ghostsOf,
  onSilence: () => {},
}

export interface DhtConfiguration extends Partial<DhtOptions> {
  /** A planted bug, by id: see the folder of bugs. */
  readonly bug?: string | undefined
}

/**
 * A node of a zero-hop distributed hash table in the manner of Dynamo (DeCandia et al., "Dynamo: Amazon's Highly
 * Available Key-value Store", SOSP 2007): consistent hashing with virtual nodes, membership by explicit events that
 * spread by gossip, replicas with quorums, versions that tell concurrent writes from later ones.
 */
export function dhtNode(configuration: DhtConfiguration): Machine<DhtState, DhtMessage, DhtTimer> {
  const dht = dhtOf(configuration)
  return {
    start: (ctx) => start(dht, ctx),
    onMessage: (state, ctx, from, message) => {
      const { view } = state.history
      onMessage(dht, state, ctx, from, message)
      followUp(dht, state, ctx, view)
    },
    onTimer: (state, ctx, timer) => {
      const { view } = state.history
      onTimer(dht, state, ctx, timer)
      followUp(dht, state, ctx, view)
    },
  }
}

/** Options and rules of a node that is made with this. */
export function dhtOf({ bug, ...options }: DhtConfiguration): Dht {
  return {
    options: { ...defaultDhtOptions, ...options, ...bugOptions(bug) },
    rules: { ...correctRules, ...bugRules(bug) },
  }
}

function start(dht: Dht, ctx: DhtContext): DhtState {
  const recovered = recover(ctx.disk)
  if (typeof recovered === 'string') {
    ctx.exit(recovered)
    return newState(dht, ctx, undefined)
  }
  const state = newState(dht, ctx, recovered)
  const elsewhere = placeBefore(state)
  if (elsewhere !== undefined && elsewhere !== selfMember(dht, state, ctx).uri) {
    ctx.exit(`it is a member that is reached at ${elsewhere}: start it there, or let it leave there first`)
    return state
  }
  recordStart(state.journal, ctx.disk, state.generation)
  introduceOthers(state, ctx)
  setStanding(state, ctx)
  findStrays(dht, state)
  armTimers(dht, ctx)
  if (recovered !== undefined) ctx.note('recovered', { standing: state.standing, items: state.items.size })
  const isOut = state.standing === 'idle' || (state.standing === 'removed' && state.items.size === 0)
  if (dht.options.joinsAtStart && isOut) beginJoin(dht, state, ctx)
  followUp(dht, state, ctx, '')
  return state
}

/** Where the others believe this node to be, where they do. */
function placeBefore({ history, identity }: DhtState): NodeId | undefined {
  return (history.members.get(identity.id) ?? history.leavers.get(identity.id))?.uri
}

function newState(dht: Dht, ctx: DhtContext, recovered: Recovered | undefined): DhtState {
  const identity = recovered?.identity ?? drawIdentity(ctx.random.named('identity'), dht.options.tokens)
  return {
    identity,
    generation: (recovered?.generation ?? 0) + 1,
    replicas: dht.options.replicas,
    actor: dht.rules.actor(identity, ctx),
    journal: recovered?.journal ?? createJournal(ctx.disk, identity),
    compactedLength: 0,
    history: historyOf(recovered?.events ?? [], dht.rules.eventOrder),
    standing: 'idle',
    asksToJoin: false,
    inForce: recovered?.inForce ?? [],
    synced: recovered?.synced ?? '',
    sync: null,
    items: recovered?.items ?? new Map(),
    strays: new Map(),
    records: new Map(),
    heartbeats: newHeartbeats(),
    gossipedMs: 0,
    // So that a late answer to an earlier incarnation is not taken for one to this.
    nextId: ctx.random.named('ids').integer(0, 0xffffffff) * 1_048_576,
    operations: new Map(),
    forwards: new Map(),
    handovers: new Map(),
    takers: new Map(),
    deletions: new Map(),
    tally: emptyTally(),
  }
}

function armTimers({ options }: Dht, ctx: DhtContext): void {
  // Not all at the same moment.
  ctx.setTimer('gossip', [0, options.gossipEveryMs])
  ctx.setTimer('chores', [0, options.choresEveryMs])
  ctx.setTimer('repair', [0, options.repairEveryMs])
}

function onTimer(dht: Dht, state: DhtState, ctx: DhtContext, timer: DhtTimer): void {
  if (typeof timer !== 'string') {
    if (timer.type === 'operation') onOperationTimer(dht, state, ctx, timer.id)
    else onForwardTimer(state, ctx, timer.id)
    return
  }
  switch (timer) {
    case 'gossip':
      ctx.setTimer('gossip', [dht.options.gossipEveryMs * 0.9, dht.options.gossipEveryMs * 1.1])
      if (state.standing === 'idle') break
      dht.rules.onSilence(dht, state, ctx)
      gossip(dht, state, ctx)
      break
    case 'chores':
      ctx.setTimer('chores', dht.options.choresEveryMs)
      repeatSync(dht, state, ctx)
      handOver(dht, state, ctx)
      collect(dht, state, ctx)
      goOnLeaving(dht, state, ctx)
      compact(state, ctx, dht.options.compactAfterBytes)
      break
    case 'repair':
      ctx.setTimer('repair', [dht.options.repairEveryMs * 0.9, dht.options.repairEveryMs * 1.1])
      repairWithAnother(dht, state, ctx)
      break
  }
}

function onMessage(dht: Dht, state: DhtState, ctx: DhtContext, from: NodeId, message: DhtMessage): void {
  switch (message.type) {
    case 'Request':
      onRequest(dht, state, ctx, from, message)
      break
    case 'Answer':
      break
    case 'Forward':
      onForward(dht, state, ctx, from, message)
      break
    case 'Forwarded':
      onForwarded(state, ctx, message)
      break
    case 'GossipSyn':
      onGossipSyn(state, ctx, from, message)
      break
    case 'GossipAck':
      onGossipAck(dht, state, ctx, from, message)
      // Whoever knows of members has told what there was to know.
      if (state.asksToJoin && state.history.members.size > 0) enroll(dht, state, ctx)
      break
    case 'Stored':
      onStored(dht, state, ctx, message)
      break
    case 'Found':
      onFound(dht, state, ctx, message)
      break
    case 'Offer':
      onOffer(dht, state, ctx, message)
      break
    case 'Pulled':
      onPulled(dht, state, ctx, message)
      break
    case 'HandedOver':
      onHandedOver(dht, state, ctx, message)
      break
    default:
      onContents(dht, state, ctx, from, message)
  }
}

function onRequest(dht: Dht, state: DhtState, ctx: DhtContext, from: NodeId, { id, request }: ClientRequest): void {
  const asker: Asker = { node: from, id, isForwarded: false }
  if (request.type === 'GET' || request.type === 'PUT' || request.type === 'DELETE') {
    onKeyRequest(dht, state, ctx, asker, request, 0)
  } else {
    answerTo(ctx, asker, administer(dht, state, ctx, request))
  }
}

/** What follows when the ring has changed, or what others told of themselves. */
function followUp(dht: Dht, state: DhtState, ctx: DhtContext, viewBefore: string): void {
  if (state.history.view !== viewBefore) {
    // One that is joining does so with its own event.
    if (state.standing !== 'joining') buryGhosts(dht, state, ctx)
    beginSync(dht, state, ctx)
    beginAnew(dht, state, ctx)
  }
  noticeSettled(state, ctx)
}
