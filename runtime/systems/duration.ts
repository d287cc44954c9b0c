import { z } from 'zod'
import type { Millis } from '../../sim/machine.ts'
import { parseDuration } from '../arguments.ts'

const HOUR_MS = 3_600_000

/** A length of time as people write it, with its unit (`150ms`, `2s`), as milliseconds. */
export const durationSchema: z.ZodType<Millis> = z.string().transform((text, context) => {
  try {
    return parseDuration('it is', HOUR_MS)(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})
