import { crc32 } from 'node:zlib'
import { hashPlain, mix, mixText } from '../../sim/hash.ts'
import type { PlainData, Tagged } from '../../sim/machine.ts'
import { timerKey } from '../../sim/timer-key.ts'
import type { Output } from '../host/input-tap.ts'

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

/** The digests of what one handler says: a message that goes to many is looked through once. */
export class Digests {
  private message: Tagged | undefined
  private digest = 0

  /** Another handler begins, which may have changed what an earlier one said. */
  forget(): void {
    this.message = undefined
  }

  of(output: Output): number {
    if (output.kind !== 'send') return digestOf(output)
    if (output.message !== this.message) {
      this.message = output.message
      this.digest = hashPlain(output.message, 1)
    }
    return mixText(this.digest, output.to) >>> 0
  }
}

/** 32 bits out of one thing that a machine said. How long a timer waits is not among them, as it is kept in full. */
function digestOf(output: Exclude<Output, { readonly kind: 'send' }>): number {
  switch (output.kind) {
    case 'timer':
    case 'cancel':
      return mixText(2, timerKey(output.timer)) >>> 0
    case 'note':
      return hashPlain(output.detail, mixText(3, output.event))
    case 'introduce':
      return hashPlain(output.address, mixText(4, output.peer))
    case 'exit':
      return mixText(5, output.reason) >>> 0
    case 'write':
      return mix(mix(mixText(6, output.path), output.offset ?? -1), digestOfBytes(output.bytes)) >>> 0
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
  return bytes === undefined ? 1 : mix(crc32(bytes), bytes.length) >>> 0
}

/** Of what a list gave. */
export function digestOfPaths(paths: readonly string[]): number {
  return hashPlain(paths as PlainData, 0)
}
