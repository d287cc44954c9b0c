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
  prepareFile(disk, path, fileImage(data))
  disk.sync()
  publishFile(disk, path)
  disk.sync()
}

/** What the file holds; undefined where it was never written. Throws {@link FileDamaged}. */
export function readAtomically(disk: Disk, path: string): PlainData {
  const bytes = disk.read(path)
  return bytes === undefined ? undefined : dataOf(bytes, path)
}

/** The bytes of a file that holds the data. */
export function fileImage(data: PlainData): Uint8Array {
  const bytes = encodePlain(data, HEADER_BYTES)
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, crc32(bytes, HEADER_BYTES))
  return bytes
}

/** The data in the bytes of a file. Throws {@link FileDamaged}. */
export function dataOf(bytes: Uint8Array, path: string): PlainData {
  const whole =
    bytes.length >= HEADER_BYTES &&
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === crc32(bytes, HEADER_BYTES)
  if (!whole) throw new FileDamaged(path)
  return decodePlain(bytes.subarray(HEADER_BYTES))
}

/** Writes the new file beside the old one: the first half of {@link writeAtomically}, for who replaces several files. */
export function prepareFile(disk: Disk, path: string, bytes: Uint8Array): void {
  const temporary = temporaryPath(path)
  if (disk.list(temporary).includes(temporary)) disk.remove(temporary)
  disk.append(temporary, bytes)
}

/** Gives the new file, which must be durable by now, the name of the old one: the second half. */
export function publishFile(disk: Disk, path: string): void {
  disk.rename(temporaryPath(path), path)
}

function temporaryPath(path: string): string {
  return `${path}.new`
}
