import type { NodeId } from '../../sim/machine.ts'
import { frameOf } from './frames.ts'
import { headerOf, seal, unseal } from './header.ts'
import type { LinkContext } from './link-context.ts'

const DIALS_BYTES = 6

/** What each end of a connection says first: a header, and the number of its latest attempt to connect to anyone. */
export interface Greeting {
  readonly from: NodeId
  readonly incarnation: number
  /** Tells an attempt that this end has given up from one it has made since. */
  readonly dials: number
}

/** Greetings of one incarnation. */
export class Greetings {
  private readonly header: Uint8Array
  private readonly protocolHash: number

  constructor({ self, incarnation, types }: LinkContext) {
    this.header = headerOf(self, incarnation, types.hash)
    this.protocolHash = types.hash
  }

  /** The frame of a kind that greets. */
  frame(kind: number, dials: number): Uint8Array {
    const content = new Uint8Array(this.header.length + DIALS_BYTES)
    const view = new DataView(content.buffer)
    view.setUint16(this.header.length, Math.floor(dials / 2 ** 32))
    view.setUint32(this.header.length + 2, dials >>> 0)
    seal(content, this.header)
    return frameOf(kind, content)
  }

  /** What the other end says; or, in a few words of a fixed set, why it is no greeting. */
  read(content: Uint8Array): Greeting | string {
    const header = unseal(content, this.protocolHash)
    if (typeof header === 'string') return header
    if (content.length !== header.end + DIALS_BYTES) return 'cut short'
    const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
    const dials = view.getUint16(header.end) * 2 ** 32 + view.getUint32(header.end + 2)
    return { from: header.from, incarnation: header.incarnation, dials }
  }
}
