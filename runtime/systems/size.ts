import { z } from 'zod'

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 * 1024 }
const MOST_BYTES = 8 * 1024 * 1024

/** A size as people write it, with its unit (`64KiB`, `2MiB`), as bytes: 8 MiB at most. */
export const sizeSchema: z.ZodType<number> = z.string().transform((text, context) => {
  const [, amount, unit] = /^(\d+)(B|KiB|MiB)$/.exec(text) ?? []
  const bytes = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN)
  if (bytes >= 1 && bytes <= MOST_BYTES) return bytes
  context.addIssue({ code: 'custom', message: `"${text}" is no size up to 8MiB: write 64KiB or 2MiB` })
  return z.NEVER
})
