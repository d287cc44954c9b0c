/** Memory that grows in many small steps costs more than some that is never filled. */
const FIRST_GROWTH_BYTES = 1024

/** A file as reads see it: the page cache, not the platter. */
export class File {
  bytes = new Uint8Array(64)
  length = 0
  /** Where the last synced write began: what lies before it was durable when that was written. */
  settledLength = 0
  /** What the platter holds elsewhere than the cache believes: comes to light when the cache is lost. */
  latent: { readonly offset: number; readonly bytes: Uint8Array }[] = []

  reserve(length: number): void {
    if (length <= this.bytes.length) return
    let capacity = Math.max(FIRST_GROWTH_BYTES, this.bytes.length * 4)
    while (capacity < length) capacity *= 2
    const larger = new Uint8Array(capacity)
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }

  put(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length
    this.reserve(end)
    if (offset > this.length) this.bytes.fill(0, this.length, offset)
    this.bytes.set(bytes, offset)
    if (end > this.length) this.length = end
  }

  copy(): File {
    const copy = new File()
    copy.put(0, this.bytes.subarray(0, this.length))
    copy.settledLength = this.settledLength
    return copy
  }
}
