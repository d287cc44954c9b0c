/**
 * What an object promises when operations come one at a time. The linearizability checker asks whether the operations
 * that clients ran side by side could have come one at a time in some order that a model accepts.
 *
 * `State`, `Input` and `Output` are plain data; states are told apart by their content.
 */
export interface Model<State = any, Input = any, Output = any> {
  readonly name: string
  /** The actions of inputs that have one; any other is then refused. Whatever an input is counts, unless given. */
  readonly actions?: readonly string[]
  readonly init: () => State
  /**
   * The state after the operation, or undefined where it could not have had this answer in this state. The answer is
   * undefined where nobody knows it, and every answer is then accepted. Must not change `state`.
   */
  readonly step: (state: State, input: Input, output: Output | undefined) => State | undefined
  /**
   * Operations of different keys do not touch each other and are judged apart. One object, unless given; and where an
   * operation has none (undefined), as it touches all.
   */
  readonly key?: (input: Input) => string | undefined
  /** What two states share exactly where they are equal. Their content, unless given. */
  readonly identity?: (state: State) => string | number
  /**
   * True where the operation with this answer leaves every state as it was. Such operations are put in order as soon
   * as they fit, and may be left out of a minimal core. None, unless given.
   */
  readonly readOnly?: (input: Input, output: Output | undefined) => boolean
  /**
   * The operation as one on a register, where it is one, and then all there is to know of it: verdicts, minimal cores and
   * explanations come from it, and `step` only says the same in another way.
   */
  readonly register?: (input: Input, output: Output | undefined) => RegisterView
  /** The operation as one on a text that is "" at first; undefined where it is something else. */
  readonly text?: (input: Input, output: Output | undefined) => TextView | undefined
  /** What kind of collection it is, where it is one, and what the operation does to it. It is empty at first. */
  readonly collection?: Collection<Input, Output>
  /**
   * For objects that are no register: false only where the observer, answered as it was, cannot come after the writer
   * with the writer's effect still in the state. Operations that nobody observes may be left out of a minimal core.
   */
  readonly observes?: (observer: Call<Input, Output>, writer: Call<Input, Output>) => boolean
  /** The operation in words: `read x -> 0`, `write x=1`. */
  readonly describe: (input: Input, output: Output | undefined) => string
}

/** An operation's input and its answer, which is undefined where nobody knows it. */
export interface Call<Input = unknown, Output = unknown> {
  readonly input: Input
  readonly output: Output | undefined
}

/** What an operation tells about the one value of a register, and what it makes of it. A field left out: nothing. */
export interface RegisterView {
  /** The value it found; with an unknown answer, the value it must have found to take effect. */
  readonly found?: unknown
  /** A value that it did not find. */
  readonly foundNot?: unknown
  /** The value it wrote; with an unknown answer, the value it may have written. */
  readonly wrote?: unknown
}

/** What an operation does to a text. */
export type TextView =
  /** It found this; undefined where nobody knows. */
  | { readonly does: 'get'; readonly text: string | undefined }
  | { readonly does: 'put'; readonly text: string }
  /** It added this to the end. */
  | { readonly does: 'append'; readonly text: string }

export interface Collection<Input = any, Output = any> {
  /** `queue`: first in, first out. `stack`: last in, first out. `set`: each value is in it once or not at all. */
  readonly kind: 'queue' | 'stack' | 'set'
  /** Undefined where the operation does something else. */
  readonly view: (input: Input, output: Output | undefined) => CollectionView | undefined
}

/** What one operation does to a collection. */
export type CollectionView =
  /** `wasIn` (sets): whether the value was in it before; undefined where nobody knows or it was not told. */
  | { readonly does: 'insert'; readonly value: unknown; readonly wasIn?: boolean | undefined }
  /** Queues and stacks: takes out the next; `value` is undefined where nobody knows what it was, or if there was any. */
  | { readonly does: 'take'; readonly value: unknown }
  /** Queues and stacks: wanted to take the next, and there was none. */
  | { readonly does: 'find empty' }
  /** Sets: takes out this value. */
  | { readonly does: 'remove'; readonly value: unknown; readonly wasIn?: boolean | undefined }
  /** Sets: whether the value is in it. */
  | { readonly does: 'look up'; readonly value: unknown; readonly isIn: boolean | undefined }
  /** Sets: all that is in it, in any order; undefined where nobody knows the answer. */
  | { readonly does: 'read all'; readonly values: readonly unknown[] | undefined }
