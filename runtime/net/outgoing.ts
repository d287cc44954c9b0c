import { encodePlain } from '../../sim/encoding.ts'
import type { PlainData, Tagged } from '../../sim/machine.ts'
import { FRAME_HEADER_BYTES } from './frames.ts'

/** A message on its way out. It is encoded once, whoever asks first and however many it goes to. */
export class Outgoing {
  readonly message: Tagged
  readonly offset = FRAME_HEADER_BYTES
  private encoded: Uint8Array | undefined

  constructor(message: Tagged) {
    this.message = message
  }

  /** Its encoding behind room for the header of a frame. Throws a TypeError where it is not plain data. */
  get bytes(): Uint8Array {
    this.encoded ??= encodePlain(this.message as unknown as PlainData, FRAME_HEADER_BYTES)
    return this.encoded
  }
}
