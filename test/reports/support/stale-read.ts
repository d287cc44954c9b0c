import type { Operation } from '../../../checks/history.ts'
import type { Violation } from '../../../checks/verdict.ts'
import type { Failure, RunPlan, RunResult, Shrunk } from '../../../explore/result.ts'
import type { Fault } from '../../../sim/faults.ts'
import type { Trace } from '../../../sim/trace.ts'
import { TraceBuilder } from './trace-builder.ts'

/**
 * A leader that answers reads from its own state, cut off with one client: the others elect a new leader and take a
 * write, and the old one, unaware, serves the value from before.
 */
const partition: Fault = {
  id: 17,
  kind: 'partition',
  groups: [
    ['n1', 'c2'],
    ['n2', 'n3', 'c1'],
  ],
  atMs: 1200,
  forMs: 1400,
}

function trace(): Trace {
  const build = new TraceBuilder()
  const nodes = ['n1', 'n2', 'n3', 'c1', 'c2']
  for (const node of nodes) build.start(0, node)
  firstElection(build)
  build.add(1200, 'fault', { label: 'partition', fault: 17, body: partition })
  cutOff(build)
  secondElection(build)
  write(build)
  read(build)
  return { nodes, events: build.events }
}

function firstElection(build: TraceBuilder): void {
  const election = build.timer(180, 'n1', 'election', 1, [{ event: 'became candidate', detail: { term: 2 } }])
  const vote = build.deliver(184, 'n1', 'n2', 'RequestVote', election)
  build.deliver(185, 'n1', 'n3', 'RequestVote', election)
  const synced = build.add(186, 'synced', { node: 'n2', label: 'sync', cause: vote })
  const won = build.deliver(190, 'n2', 'n1', 'RequestVoteReply', synced, [
    { event: 'became leader', detail: { term: 2 } },
  ])
  build.deliver(195, 'n1', 'n2', 'AppendEntries', won, [{ event: 'became follower', detail: { term: 2 } }])
  build.deliver(196, 'n1', 'n3', 'AppendEntries', won, [{ event: 'became follower', detail: { term: 2 } }])
}

function cutOff(build: TraceBuilder): void {
  for (let beat = 0; beat < 20; beat++) {
    const heartbeat = build.timer(1240 + beat * 50, 'n1', 'heartbeat')
    build.drop(1241 + beat * 50, 'n1', 'n2', 'AppendEntries', heartbeat, 17, 'partition')
    build.drop(1242 + beat * 50, 'n1', 'n3', 'AppendEntries', heartbeat, 17, 'partition')
  }
}

function secondElection(build: TraceBuilder): void {
  const election = build.timer(2240, 'n2', 'election', 0, [{ event: 'became candidate', detail: { term: 3 } }])
  build.drop(2241, 'n2', 'n1', 'RequestVote', election, 17, 'partition')
  const vote = build.deliver(2244, 'n2', 'n3', 'RequestVote', election)
  const synced = build.add(2245, 'synced', { node: 'n3', label: 'sync', cause: vote })
  build.deliver(2250, 'n3', 'n2', 'RequestVoteReply', synced, [{ event: 'became leader', detail: { term: 3 } }])
}

function write(build: TraceBuilder): void {
  const invoked = build.invoke(2260, 'c1', 4, { action: 'set', key: 'x', value: 1 })
  const request = build.deliver(2265, 'c1', 'n2', 'ClientRequest', invoked)
  build.drop(2266, 'n2', 'n1', 'AppendEntries', request, 17, 'partition')
  const append = build.deliver(2269, 'n2', 'n3', 'AppendEntries', request, [
    { event: 'became follower', detail: { term: 3 } },
  ])
  const synced = build.add(2270, 'synced', { node: 'n3', label: 'sync', cause: append })
  const committed = build.deliver(2275, 'n3', 'n2', 'AppendEntriesReply', synced, [
    { event: 'committed', detail: { index: 2 } },
  ])
  const reply = build.deliver(2281, 'n2', 'c1', 'ClientReply', committed)
  build.return(2281, 'c1', 4, null, reply)
}

function read(build: TraceBuilder): void {
  const wake = build.timer(2290, 'c2', 'next operation')
  const invoked = build.invoke(2290, 'c2', 9, { action: 'get', key: 'x' }, wake)
  const request = build.deliver(2300, 'c2', 'n1', 'ClientRequest', invoked)
  const reply = build.deliver(2310, 'n1', 'c2', 'ClientReply', request)
  build.return(2310, 'c2', 9, 0, reply)
}

export const staleTrace = trace()

const eventOf = (kind: 'invoke' | 'return', operation: number) =>
  staleTrace.events.find((event) => event.kind === kind && event.operation === operation)?.number as number

export const staleHistory: readonly Operation[] = [
  {
    id: 4,
    process: 'c1',
    input: { action: 'set', key: 'x', value: 1 },
    outcome: 'ok',
    output: undefined,
    invokedAtMs: 2260,
    returnedAtMs: 2281,
    invokedAtEvent: eventOf('invoke', 4),
    returnedAtEvent: eventOf('return', 4),
  },
  {
    id: 9,
    process: 'c2',
    input: { action: 'get', key: 'x' },
    outcome: 'ok',
    output: 0,
    invokedAtMs: 2290,
    returnedAtMs: 2310,
    invokedAtEvent: eventOf('invoke', 9),
    returnedAtEvent: eventOf('return', 9),
  },
]

export const staleViolation: Violation = {
  property: 'linearizable(x)',
  shape: 'stale read',
  summary: '2 operations cannot be ordered',
  because: [
    'T1 < T2, because T1 returned at 2.281 and T2 was invoked at 2.290',
    'However T2 < T1, because T2 read the initial 0, which T1 overwrote: a contradiction',
  ],
  operations: [4, 9],
  atMs: 2310,
  atEvent: eventOf('return', 9),
}

export const stalePlan: RunPlan = {
  scenario: 'raft-kv',
  seed: 0x5eed1f,
  settings: { nodes: 3, clients: 2, operations: 2, durationMs: 10_000, bug: 'R23' },
  network: { latencyMs: [1, 10], loss: 0, duplication: 0 },
  syncMs: [0.2, 2],
  faults: [partition],
  operations: [
    { id: 4, client: 0, atMs: 2260, input: { action: 'set', key: 'x', value: 1 } },
    { id: 9, client: 1, atMs: 2290, input: { action: 'get', key: 'x' } },
  ],
  calmAtMs: 6500,
  luck: 0x5eed1f,
  endMs: 10_000,
}

export const staleResult: RunResult = {
  seed: 0x5eed1f,
  verdict: 'violated',
  violations: [staleViolation],
  clientVisible: staleViolation,
  traceHash: '00c0ffee00c0ffee',
  events: staleTrace.events.length,
  messages: 60,
  virtualMs: 2310,
  operations: { ok: 2, fail: 0, info: 0 },
  faults: { partition: 1 },
  sometimes: { 'leader changed': 1 },
  history: staleHistory,
  faultsOfMoments: [],
  checkpoints: [],
  trace: staleTrace,
}

export const staleShrunk: Shrunk = {
  plan: stalePlan,
  result: staleResult,
  replays: 63,
  before: { faults: 41, operations: 312, nodes: 5, events: 4112 },
  required: [{ fault: 17, pass: 20, of: 20 }],
  cause: { adversity: 'network', answeredBy: [], fingerprint: '5f3a9c01' },
  bakedIn: {
    futures: 20,
    instants: [
      { atEvent: 1, atMs: 0, failing: 1 },
      { atEvent: 14, atMs: 1200, failing: 14 },
      { atEvent: 52, atMs: 1720, failing: 19 },
      { atEvent: 72, atMs: 2191, failing: 20 },
      { atEvent: 82, atMs: 2269, failing: 20 },
    ],
    steepest: { instant: 1, fault: { id: 17, kind: 'partition' } },
  },
}

export const staleFailure: Failure = {
  scenario: 'raft-kv',
  seed: 0x5eed1f,
  run: 117,
  violation: staleViolation,
  fingerprint: '1a2b3c4d',
  count: 1,
  settings: { nodes: 5, clients: 3, operations: 300, durationMs: 10_000, bug: 'R23' },
  shrunk: staleShrunk,
  token: 'v1.raft-kv.5eed1f.kQ4x',
}
