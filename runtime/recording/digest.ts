import { crc32 } from 'node:zlib'
import { encodeForNow } from '../../sim/encoding.ts'
import { hashPlain, mix, mixText } from '../../sim/hash.ts'
import type { NodeId, PlainData } from '../../sim/machine.ts'
import { timerKey } from '../../sim/timer-key.ts'
import type { EncodedMessage, Output } from '../host/input-tap.ts'

/** The kinds of things that are said; what a recording keeps is a kind's place here. New ones go to the end. */
export const OUTPUT_KINDS = [
  'send',
  'timer',
  'cancel',
  'note',
  'introduce',
  'exit',
  'write',
  'truncate',
  'rename',
  'remove',
  'sync',
  'history',
] as const satisfies readonly Output['kind'][]

const FEW_BYTES = 1_024
const MOST_NAMES = 1_000

/** The digests of what handlers say: a message that goes to many is looked through once. */
export class Digests {
  private encoded: EncodedMessage | undefined
  private digest = 0
  /** Of names of timers, nodes and files, which are few and come again and again. */
  private readonly names = new Map<string, number>()

  /** Throws a TypeError for a message that cannot be encoded. */
  of(output: Output): number {
    switch (output.kind) {
      case 'send':
        return this.ofSend({ bytes: encodeForNow(output.message as unknown as PlainData), offset: 0 }, output.to)
      case 'timer':
      case 'cancel':
        return typeof output.timer === 'string' ? this.ofName(output.timer) : mixText(2, timerKey(output.timer)) >>> 0
      case 'write':
        return mix(mix(this.ofName(output.path), output.offset ?? -1), digestFrom(output.bytes, 0)) >>> 0
      default:
        return digestOf(output)
    }
  }

  /** Of the bytes that travel: canonical, and so the same whoever encodes. */
  ofSend(encoded: EncodedMessage, to: NodeId): number {
    if (encoded !== this.encoded) {
      this.digest = digestFrom(encoded.bytes, encoded.offset)
      this.encoded = encoded
    }
    return mix(this.digest, this.ofName(to)) >>> 0
  }

  /** Nothing is held any more. */
  forget(): void {
    this.encoded = undefined
  }

  private ofName(name: string): number {
    let digest = this.names.get(name)
    if (digest === undefined) {
      digest = mixText(2, name) >>> 0
      if (this.names.size < MOST_NAMES) this.names.set(name, digest)
    }
    return digest
  }
}

/** 32 bits out of one thing that a machine said. How long a timer waits is not among them, as it is kept in full. */
function digestOf(output: Exclude<Output, { readonly kind: 'send' | 'write' | 'timer' | 'cancel' }>): number {
  switch (output.kind) {
    case 'note':
      return hashPlain(output.detail, mixText(3, output.event))
    case 'introduce':
      return hashPlain(output.address, mixText(4, output.peer))
    case 'exit':
      return mixText(5, output.reason) >>> 0
    case 'truncate':
      return mix(mixText(7, output.path), output.length) >>> 0
    case 'rename':
      return mixText(mixText(8, output.path), output.to) >>> 0
    case 'remove':
      return mixText(9, output.path) >>> 0
    case 'sync':
      return 0
    case 'history':
      return hashPlain(output.detail, mix(mixText(10, output.step), output.operation))
  }
}

/** Of what a read gave. */
export function digestOfBytes(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 1 : digestFrom(bytes, 0)
}

/** Of the bytes from an offset on. Most are so few that asking the platform would cost more. */
function digestFrom(bytes: Uint8Array, offset: number): number {
  const { length } = bytes
  let hash = mix(11, length - offset)
  if (length - offset > FEW_BYTES) return mix(hash, crc32(bytes.subarray(offset))) >>> 0
  let index = offset
  for (; index + 4 <= length; index += 4)
    hash = mix(hash, bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24))
  for (; index < length; index++) hash = mix(hash, bytes[index]!)
  return hash >>> 0
}

/** Of what a list gave. */
export function digestOfPaths(paths: readonly string[]): number {
  return hashPlain(paths as PlainData, 0)
}
