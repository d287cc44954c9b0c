import * as fc from 'fast-check'
import type { Operation } from '../../../checks/history.ts'
import type { Violation } from '../../../checks/verdict.ts'
import type { Fault } from '../../../sim/faults.ts'
import type { Trace, TraceEvent } from '../../../sim/trace.ts'
import { TRACE_KINDS } from '../../../sim/trace.ts'
import type { Story } from '../../../reports/story.ts'
import { stalePlan, staleResult, staleShrunk } from './stale-read.ts'

/** Stories that no simulator would tell: any text anywhere, causes that go nowhere, events of nodes nobody knows. */

const NASTY = [
  '',
  'n1',
  '\u001b[2Jn',
  'end',
  'a;b#c',
  '::error::x',
  '%0A',
  ']]>',
  '<b>"&',
  '\u202ereversed',
  '日本語',
  '🐦',
  'x'.repeat(300),
  '```',
  '__proto__',
  'constructor',
  '\ud800',
  'a b',
  '|',
  '\r\n',
  '\u00ad',
  'e\u0301',
]

const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
)

const event = (node: fc.Arbitrary<string>) =>
  fc.record({
    atUs: fc.nat(200_000_000),
    kind: fc.constantFrom(...TRACE_KINDS),
    node: fc.option(node, { nil: undefined }),
    peer: fc.option(node, { nil: undefined }),
    label: text,
    cause: fc.nat(60),
    reason: fc.option(text, { nil: undefined }),
    fault: fc.option(fc.nat(5), { nil: undefined }),
    operation: fc.option(fc.nat(4), { nil: undefined }),
    body: fc.anything(),
    notes: fc.array(
      fc.record({
        event: fc.oneof(text, fc.constant('became leader')),
        detail: fc.record({ term: fc.nat(), who: text }),
      }),
      { maxLength: 2 },
    ),
  })

const traces: fc.Arbitrary<Trace> = fc.array(text, { minLength: 1, maxLength: 12 }).chain((nodes) =>
  fc.array(event(fc.oneof(fc.constantFrom(...nodes), text)), { maxLength: 60 }).map((parts) => {
    const times = parts.map((part) => part.atUs).sort((a, b) => a - b)
    const events = parts.map((part, index): TraceEvent => ({
      ...(part as Omit<TraceEvent, 'number'>),
      number: index + 1,
      atUs: times[index] ?? 0,
      body: part.kind === 'fault' ? undefined : part.body,
    }))
    return { nodes, events }
  }),
)

const violation: fc.Arbitrary<Violation> = fc.record({
  property: text,
  shape: text,
  summary: text,
  because: fc.array(text, { maxLength: 3 }),
  operations: fc.array(fc.nat(20), { maxLength: 20 }),
  atMs: fc.oneof(fc.nat(), fc.constant(Infinity)),
  atEvent: fc.option(fc.nat(70), { nil: undefined }),
  nodes: fc.option(fc.array(text, { maxLength: 5 }), { nil: undefined }),
})

const operation: fc.Arbitrary<Operation> = fc.record({
  id: fc.nat(20),
  process: text,
  input: fc.anything(),
  output: fc.anything(),
  invokedAtMs: fc.nat(),
  returnedAtMs: fc.oneof(fc.nat(), fc.constant(Infinity)),
  outcome: fc.constantFrom('ok', 'fail', 'info'),
  invokedAtEvent: fc.nat(),
  reason: fc.option(text, { nil: undefined }),
})

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant('partition'),
    id: fc.nat(),
    atMs: fc.nat(),
    forMs: fc.nat(),
    groups: fc.array(fc.array(text, { maxLength: 9 }), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('power-loss'), id: fc.nat(), atMs: fc.nat(), node: text }),
) as fc.Arbitrary<Fault>

export const stories: fc.Arbitrary<Story> = fc
  .record({
    trace: traces,
    violation,
    history: fc.array(operation, { maxLength: 6 }),
    faults: fc.array(fault, { maxLength: 30 }),
    scenario: text,
    seed: fc.maxSafeNat(),
    token: fc.stringMatching(/^v1\.[a-z]{1,20}\.[0-9a-zA-Z]{1,300}$/),
    shrunk: fc.boolean(),
    wallMs: fc.nat(),
    bug: fc.option(text, { nil: undefined }),
  })
  .map(({ trace, history, faults, shrunk, ...rest }) => {
    const plan = { ...stalePlan, faults }
    const result = { ...staleResult, trace, history }
    return {
      ...rest,
      plan,
      result,
      run: 3,
      runs: 500,
      count: 7,
      fingerprint: '1a2b3c4d',
      shrunk: shrunk ? { ...staleShrunk, plan, result } : undefined,
    }
  })
