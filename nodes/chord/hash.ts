import { sha1OfText } from '../ring/sha1.ts'
import { type Identify, MAX_BITS, powerOfTwo } from './identifiers.ts'

/** As many digits of the digest as make 32 bits. */
const DIGITS = 8

/** The first bits of the text's SHA-1 (Stoica et al. 2003, section 4.2). With another salt the same names lie elsewhere. */
export function sha1Identifier(bits: number, salt = ''): Identify {
  const unit = powerOfTwo(MAX_BITS - bits)
  return (text) => Math.floor(parseInt(sha1OfText(salt + text).slice(0, DIGITS), 16) / unit)
}
