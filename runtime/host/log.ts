/** Where a host says what people should know. Pino's loggers fit. */
export interface Log {
  info(fields: object, sentence: string): void
  warn(fields: object, sentence: string): void
  error(fields: object, sentence: string): void
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
