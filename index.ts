/** The public entry point: what `import … from 'petrel'` gives. */

// Machines: what a node is, and what it may say.
export * from './sim/machine.ts'
export { protocol } from './sim/protocol.ts'
export type { MessageType, Protocol, Schema, Transport } from './sim/protocol.ts'
export { embed, embedProtocol } from './sim/embed.ts'
export type { Embedded, EmbeddedMessage, EmbeddedTimer } from './sim/embed.ts'
export { abandon, expire, newRequests, request, settle } from './sim/request.ts'
export type { PendingRequest, Requests, RequestTimer } from './sim/request.ts'
export { decodePlain, DecodeError, encodePlain } from './sim/encoding.ts'
export {
  appendRecord,
  JournalDamaged,
  journalImage,
  openJournal,
  recoverJournal,
  syncJournal,
} from './nodes/storage/journal.ts'
export type { Journal, Recovered } from './nodes/storage/journal.ts'
export { FileDamaged, readAtomically, writeAtomically } from './nodes/storage/atomic-file.ts'
export { workloadClient } from './nodes/workload-client.ts'
export type { ClientOperation, Reply, WorkloadClientOptions } from './nodes/workload-client.ts'

// The simulated world, for tests that drive it by hand.
export { World } from './sim/world.ts'
export type { Finding, Packet, RuleVerdict, WorldOptions } from './sim/world.ts'
export type { SimulatedNode, WorldNode } from './sim/node.ts'
export type { NetworkOptions } from './sim/network.ts'
export { randomStream } from './sim/random.ts'
export { FAULT_KINDS, NOTED } from './sim/faults.ts'
export type {
  ClockFault,
  Delay,
  DiskFault,
  DiskOnRestart,
  Fault,
  FaultKind,
  LinkFault,
  Links,
  MessageFault,
  MessageName,
  Moment,
  ProcessFault,
} from './sim/faults.ts'
export type { Trace, TraceEvent, TraceKind, TraceNote } from './sim/trace.ts'

// Scenarios and properties.
export { defineScenario } from './explore/define-scenario.ts'
export type { ClientSetup, ScenarioDefinition, ServerSetup } from './explore/define-scenario.ts'
export type {
  Control,
  FaultMenu,
  GoingOn,
  Network,
  NodeBefore,
  NodePast,
  NodeSpec,
  PastOperation,
  PastSaying,
  PlannedOperation,
  PlantedBug,
  RunningPast,
  Scenario,
  ScenarioInput,
  Settings,
  Topology,
} from './explore/scenario.ts'
export { casRegister, check, dictionary, kv, linearizable } from './checks/index.ts'
export { afterwards, always, behind, eventually, inHistory, sometimes } from './checks/index.ts'
export type {
  AlwaysProperty,
  Breach,
  Call,
  CasRegisterInput,
  CheckOptions,
  ClusterView,
  DictionaryInput,
  EventuallyProperty,
  Gate,
  History,
  HistoryProperty,
  KvInput,
  Model,
  NodeView,
  Operation,
  Outcome,
  Property,
  RegisterView,
  SometimesProperty,
  Verdict,
  VerdictName,
  Violation,
} from './checks/index.ts'
export { defineConfig } from './runtime/config.ts'
export type { PetrelConfig } from './runtime/config.ts'

// Runs: by a seed, by a plan, by a token.
export { planRun } from './explore/plan-run.ts'
export { executeRun, worldOf } from './explore/run.ts'
export type { RunMode } from './explore/run.ts'
export { runTo } from './explore/run-to.ts'
export { exploreAll } from './explore/exhaustive/search.ts'
export type { ExhaustiveResult } from './explore/exhaustive/search.ts'
export { smallSystem } from './explore/exhaustive/small-scenario.ts'
export type { SmallSystem } from './explore/exhaustive/world.ts'
export type { Bounds, NetworkKind } from './explore/exhaustive/bounds.ts'
export { SweepMerge, sweepSeeds } from './explore/sweep.ts'
export type { RawFailure, SweepOrder, SweepPart, SweepTotals } from './explore/sweep.ts'
export { readToken, TokenError } from './explore/token.ts'
export type { TokenContent } from './explore/token.ts'
export type { Failure, RunPlan, RunResult, Shrunk, SweepSummary } from './explore/result.ts'
export { UsageError } from './explore/usage-error.ts'
