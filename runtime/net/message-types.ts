import { crc32 } from 'node:zlib'
import type { Tagged } from '../../sim/machine.ts'
import type { Protocol, Schema, Transport } from '../../sim/protocol.ts'

export interface WireType {
  readonly transport: Transport
  readonly schema: Schema<Tagged> | undefined
  readonly isOpen: boolean
}

const REFUSED: Schema<never> = {
  safeParse: () => ({ success: false, error: { message: 'a type that this node does not take' } }),
}

/** A protocol as the edge of a node uses it: what may come in, how, and from whom. */
export class MessageTypes {
  /** Of the names and transports of all types: two nodes that differ in it do not talk. */
  readonly hash: number
  private readonly types: ReadonlyMap<string, WireType>

  constructor(protocol: Protocol) {
    const entries = Object.entries(protocol).map(
      ([name, { transport, schema, open }]) => [name, { transport, schema, isOpen: open === true }] as const,
    )
    this.types = new Map(entries)
    const words = entries.map(([name, { transport }]) => `${name} ${transport}`).sort()
    this.hash = crc32(words.join('\n'))
  }

  /** Undefined where the protocol has no such type. */
  find(name: string): WireType | undefined {
    return this.types.get(name)
  }

  /** What validates a message that came by this transport; what refuses it where none may come that way. */
  schemaFor(transport: Transport, isPeer: boolean): (name: string) => Schema<Tagged> | undefined {
    return (name) => {
      const type = this.types.get(name)
      if (type?.transport !== transport || !(isPeer || type.isOpen)) return REFUSED
      return type.schema
    }
  }
}
