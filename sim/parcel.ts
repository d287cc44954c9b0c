import type { PlainData, Tagged } from './machine.ts'
import type { Protocol } from './protocol.ts'
import { hashPlain } from './hash.ts'
import { decodeFrame, encodeFrame } from './wire.ts'

/** A message that goes through its codec, or whose content is watched. */
export class Parcel {
  readonly message: Tagged
  readonly bytes: Uint8Array | undefined
  /** The hash of the message as it was when it was said. */
  readonly content: number

  constructor(message: Tagged, bytes: Uint8Array | undefined, content: number) {
    this.message = message
    this.bytes = bytes
    this.content = content
  }
}

/** Wraps messages up where they are said, and unwraps them where they arrive. */
export class Parcels {
  private readonly protocol: Protocol
  private readonly wire: boolean
  private readonly watched: boolean

  /** `wire`: as bytes. `watched`: with a hash of the content, which tells whether someone changed it on the way. */
  constructor(protocol: Protocol, wire: boolean, watched: boolean) {
    this.protocol = protocol
    this.wire = wire
    this.watched = watched
  }

  pack(message: Tagged): Parcel {
    const plain = message as unknown as PlainData
    return new Parcel(message, this.wire ? encodeFrame(plain) : undefined, this.watched ? hashPlain(plain, 0) : 0)
  }

  /** As bytes, whatever the others are, with the bit flipped that the draw points at. */
  packCorrupted(message: Tagged, drawn: number): Parcel {
    const plain = message as unknown as PlainData
    const bytes = encodeFrame(plain)
    bytes[drawn % bytes.length]! ^= 1 << ((drawn >>> 16) & 7)
    return new Parcel(message, bytes, this.watched ? hashPlain(plain, 0) : 0)
  }

  /** True where the message is no longer what it was when it was said. */
  changed(parcel: Parcel): boolean {
    return this.watched && hashPlain(parcel.message as unknown as PlainData, 0) !== parcel.content
  }

  /** The message; or, in words, why the bytes are none. */
  open(parcel: Parcel): Tagged | string {
    if (parcel.bytes === undefined) return parcel.message
    const decoded = decodeFrame(parcel.bytes, (name) => this.protocol[name]?.schema)
    return decoded.ok ? decoded.message : decoded.reason
  }
}
