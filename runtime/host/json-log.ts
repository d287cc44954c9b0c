import type { Log } from './log.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A log of one JSON object a line, on standard error. The library is loaded here, by those who want it. */
export async function jsonLog(name: string, level: LogLevel = 'info'): Promise<Log> {
  const { default: pino } = await import('pino')
  // Written at once: the lines before a crash are the ones that matter.
  const options = { name, level, timestamp: pino.stdTimeFunctions.isoTime }
  const logger = pino(options, pino.destination({ fd: 2, sync: true }))
  return {
    info: (fields, sentence) => logger.info(fields, sentence),
    warn: (fields, sentence) => logger.warn(fields, sentence),
    error: (fields, sentence) => logger.error(fields, sentence),
  }
}
