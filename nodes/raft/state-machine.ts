type Scalar = string | number | boolean | null | undefined | Uint8Array

/** What a state machine is told to do, and what it answers: flat records, into which Raft never looks. */
export type Command = { readonly [field: string]: Scalar }
export type Answer = Scalar | Command

/**
 * What Raft replicates: every server applies the same commands in the same order to data of its own and so comes to
 * the same data (Ongaro and Ousterhout, section 2). It must depend on nothing else: no clock, no luck, no node.
 */
export interface StateMachine<Data extends object = any, OwnCommand extends Command = any> {
  readonly empty: () => Data
  /** Executes a command, changes `data` unless the command is read-only, and gives the answer. */
  readonly apply: (data: Data, command: OwnCommand) => Answer
  /** True where the command changes nothing, so that it needs no place in the log. */
  readonly readOnly: (command: OwnCommand) => boolean
  /** Why a command is never to be executed, in a sentence; undefined where nothing speaks against it. */
  readonly refusal: (command: OwnCommand) => string | undefined
  /** About how many bytes the command takes on the wire. */
  readonly sizeBytes: (command: OwnCommand) => number
}
