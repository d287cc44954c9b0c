import type { Tagged } from './machine.ts'

/**
 * How a message type travels. `datagram`: may be lost, doubled, reordered. `stream`: in order until the connection
 * breaks. `local`: to oneself, never on a wire, dies with the incarnation.
 */
export type Transport = 'datagram' | 'stream' | 'local'

/** Validates bytes from outside once, at the edge. A zod schema fits. */
export interface Schema<Message> {
  safeParse(value: unknown): { success: true; data: Message } | { success: false; error: { message: string } }
}

export interface MessageType<Message> {
  readonly transport: Transport
  readonly schema?: Schema<Message>
  /**
   * True where anyone may say it, as a client does to a server. All else is heard from peers only: nodes of the address
   * book, and those a machine introduced. Simulation, where everyone is known, makes no difference.
   */
  readonly open?: boolean
  /**
   * What tells two messages of this type on one link apart, mixed into a number: a request's id, a term and an index.
   * The fate of a message is drawn by it, so that taking one fault away leaves the fate of others as it was. Without
   * it the content decides, which costs a walk of the message.
   */
  readonly identity?: (message: Message) => number
  /** Its size on the wire for links of limited bandwidth; 200 unless declared. */
  readonly sizeBytes?: (message: Message) => number
}

/** The messages that the machines of one system exchange, a type each. */
export type Protocol<Message extends Tagged = any> = {
  readonly [Type in Message['type']]: MessageType<Extract<Message, { readonly type: Type }>>
}

/** Holds the compiler to every type of message being declared. */
export function protocol<Message extends Tagged>(types: Protocol<Message>): Protocol<Message> {
  return types
}
