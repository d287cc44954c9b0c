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
export { dictionary } from './models/dictionary.ts'
export type { DictionaryInput } from './models/dictionary.ts'
export { kv } from './models/kv.ts'
export type { KvInput } from './models/kv.ts'
export { parseEtcd } from './formats/etcd.ts'
export { parseKvEdn } from './formats/kv-edn.ts'
export { FormatError } from './formats/lines.ts'
