import { ExitCode } from './exit-code.ts'

/** Ctrl-C, or another of these signals, once ends the work and prints what was found so far; twice ends the process. */
export function listenForInterruption(signals: readonly NodeJS.Signals[] = ['SIGINT']): AbortController {
  const controller = new AbortController()
  for (const signal of signals)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(ExitCode.interrupted)
      controller.abort()
    })
  return controller
}

/** Comes when the work shall end. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
