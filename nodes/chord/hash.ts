import { hashPlain } from '../../sim/hash.ts'
import { type Identify, MAX_BITS, powerOfTwo } from './identifiers.ts'

/** The first bits of a hash. With another salt the same names lie elsewhere. */
export function hashIdentifier(bits: number, salt = ''): Identify {
  const unit = powerOfTwo(MAX_BITS - bits)
  return (text) => Math.floor(hashPlain(`${salt}/${text}`, 0) / unit)
}
