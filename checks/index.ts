/** Judges of histories, for any history: `import { check, dictionary } from 'petrel/checks'`. */
export { check, linearizable } from './linearizability/linearizable.ts'
export type { CheckOptions } from './linearizability/linearizable.ts'
export type { History, Operation, Outcome } from './history.ts'
export type { Attempt, Order, Verdict, VerdictName, Violation } from './verdict.ts'
export type { Call, Collection, CollectionView, Model, RegisterView } from './model.ts'
export { afterwards, always, behind, eventually, sometimes } from './property.ts'
export type {
  AlwaysProperty,
  Breach,
  ClusterView,
  EventuallyProperty,
  Gate,
  HistoryProperty,
  NodeView,
  Property,
  SometimesProperty,
} from './property.ts'
export { casRegister } from './models/cas-register.ts'
export type { CasRegisterInput } from './models/cas-register.ts'
export { counter } from './models/counter.ts'
export type { CounterInput } from './models/counter.ts'
export { dictionary } from './models/dictionary.ts'
export type { DictionaryInput } from './models/dictionary.ts'
export { models } from './models/index.ts'
export { kv } from './models/kv.ts'
export type { KvInput } from './models/kv.ts'
export { lock } from './models/lock.ts'
export type { LockInput } from './models/lock.ts'
export { nondeterministic } from './models/nondeterministic.ts'
export type { NondeterministicModel } from './models/nondeterministic.ts'
export { queue, stack } from './models/queue.ts'
export type { QueueInput, StackInput } from './models/queue.ts'
export { register } from './models/register.ts'
export type { RegisterInput } from './models/register.ts'
export { set } from './models/set.ts'
export type { SetInput } from './models/set.ts'
export { FormatError } from './formats/lines.ts'
export { detectFormat, HISTORY_FORMATS, historyParser, parseRecording } from './formats/parse.ts'
export type { HistoryFormat } from './formats/parse.ts'
export { readHistory } from './formats/read-history.ts'
export { recordHistory } from './formats/record.ts'
export type { Recorder, RecordedEnd, RecorderOptions } from './formats/record.ts'
export type { HistoryParser, RecordedCall, RecordedOperation, Recording } from './formats/recording.ts'
export { subjects } from './formats/subjects.ts'
export type { Subject, SubjectOptions } from './formats/subjects.ts'
