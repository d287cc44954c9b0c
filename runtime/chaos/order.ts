import type { Address, NodeId } from '../../sim/machine.ts'
import type { Settings } from '../../explore/scenario.ts'
import type { StrategyName } from '../../explore/strategies/names.ts'
import type { FaultKind } from '../../sim/faults.ts'
import type { ActiveFault } from './link-weather.ts'

/** What the process of one server is started with, as JSON: all else it makes from these, as the simulator does. */
export interface ServerOrder {
  readonly scenario: string
  readonly config?: string | undefined
  readonly seed: number
  readonly settings: Settings
  readonly nemesis?: readonly FaultKind[] | undefined
  readonly strategy: StrategyName
  readonly self: NodeId
  readonly peers: Readonly<Record<NodeId, Address>>
  readonly dataDirectory: string
  /** Counts its starts. */
  readonly incarnation: number
  /** It runs the other code of a rolling upgrade. */
  readonly upgraded: boolean
  /** The folder to record it in. */
  readonly record?: string | undefined
  /** Notes that faults wait for. */
  readonly notes: readonly string[]
}

/** What a server's process is told, over a channel that it has inherited and nobody else can open. */
export type ServerCommand =
  | { readonly kind: 'weather'; readonly active: readonly ActiveFault[]; readonly halted: readonly number[] }
  | { readonly kind: 'reset'; readonly peers: readonly NodeId[] }
  | { readonly kind: 'show' }

/** What it tells. */
export type ServerNews =
  | { readonly kind: 'up' }
  | { readonly kind: 'note'; readonly event: string }
  /** Events that it has handled so far, and how much later than it should this comes: a busy computer left it out. */
  | { readonly kind: 'events'; readonly count: number; readonly lateMs: number }
  /** What its machine has come to, when it is asked: serialised by the engine, in base64. */
  | { readonly kind: 'state'; readonly bytes: string }
  | {
      readonly kind: 'ended'
      readonly how: 'exit' | 'stopped' | 'killed' | 'failed'
      readonly reason: string
      /** The name of the error, where there was one. */
      readonly error: string | null
      /** Its disk failed, and nobody had told it to. */
      readonly diskFailed: boolean
    }
  /** It is not recorded any more. */
  | { readonly kind: 'unrecorded'; readonly sentence: string }
  | { readonly kind: 'refused'; readonly reason: string }
