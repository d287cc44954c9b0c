const TABLE = new Int32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0)
  TABLE[byte] = rest
}

/** CRC-32 (ISO-HDLC, as in Ethernet and zip) of a range of bytes, from 0 to 2^32 − 1. */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let rest = -1
  for (let index = from; index < to; index++) rest = TABLE[(rest ^ bytes[index]!) & 0xff]! ^ (rest >>> 8)
  return ~rest >>> 0
}
