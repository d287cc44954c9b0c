import type { Story } from './story.ts'
import { COLUMNS, heading } from './style.ts'
import type { Style } from './style.ts'
import { safe, wrap } from './text.ts'

const NEEDS: { readonly [adversity: string]: string } = {
  none: 'nothing has to go wrong for it',
  network: 'a bad network is enough',
  clock: 'it takes clocks that are wrong; a bad network was not enough',
  crash: 'it takes a crash; a bad network was not enough',
  'power loss': 'it takes a loss of power; a crash that keeps the page cache was not enough',
  disk: 'it takes a disk that forgets or lies; a loss of power was not enough',
}

/** How hard the world must be for the failure, and how the wrong answer was made. Empty where that is not known. */
export function causeLines({ shrunk }: Story, style: Style): readonly string[] {
  const { cause } = shrunk ?? {}
  if (cause === undefined) return []
  const { adversity, answeredBy, fingerprint } = cause
  const made =
    answeredBy === undefined
      ? ''
      : answeredBy.length === 0
        ? '; the wrong answer was given without asking others'
        : `; the wrong answer came after ${answeredBy.join(', ')}`
  const line = `  CAUSE    ${fingerprint}  ${NEEDS[adversity] ?? adversity}${made}`
  return wrap(safe(line, style), COLUMNS, 11).map((text) => heading(text, style))
}
