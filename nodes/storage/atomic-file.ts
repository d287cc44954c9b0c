import type { Disk, PlainData } from '../../sim/machine.ts'
import { crc32 } from '../../sim/checksum.ts'
import { decodePlain, encodePlain } from '../../sim/encoding.ts'

/** The checksum in front of the data, in bytes. */
const HEADER_BYTES = 4

/** The file is there and is not what was written: the disk changed what it had said was durable. */
export class FileDamaged extends Error {
  override readonly name = 'FileDamaged'
  readonly path: string

  constructor(path: string) {
    super(`${path} is damaged`)
    this.path = path
  }
}

/**
 * Replaces a small file as a whole: after a crash at any moment it holds either the old data or the new. What the node
 * says after this waits until the new data is durable.
 *
 * The new file must be durable before it takes the name, or the name may outlive the data; and the name must be durable
 * before anything builds on it (All File Systems Are Not Created Equal, Pillai et al., OSDI 2014).
 */
export function writeAtomically(disk: Disk, path: string, data: PlainData): void {
  const bytes = encodePlain(data, HEADER_BYTES)
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, crc32(bytes, HEADER_BYTES))
  const temporary = temporaryPath(path)
  if (disk.list(temporary).includes(temporary)) disk.remove(temporary)
  disk.append(temporary, bytes)
  disk.sync()
  disk.rename(temporary, path)
  disk.sync()
}

/** What the file holds; undefined where it was never written. Throws {@link FileDamaged}. */
export function readAtomically(disk: Disk, path: string): PlainData {
  const bytes = disk.read(path)
  if (bytes === undefined) return undefined
  const whole =
    bytes.length >= HEADER_BYTES &&
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === crc32(bytes, HEADER_BYTES)
  if (!whole) throw new FileDamaged(path)
  return decodePlain(bytes.subarray(HEADER_BYTES))
}

function temporaryPath(path: string): string {
  return `${path}.new`
}
