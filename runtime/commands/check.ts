import type { CheckOptions } from '../check/check-files.ts'
import { checkInWorker } from '../check/in-worker.ts'
import { ExitCode } from '../exit-code.ts'
import { print, warn } from '../output.ts'
import { styleFor } from '../terminal.ts'

/** Judges recorded histories, and reports; gives the exit code. */
export async function checkCommand(paths: readonly string[], options: CheckOptions): Promise<number> {
  process.once('SIGINT', () => {
    warn('interrupted; there is no verdict.')
    process.exit(ExitCode.interrupted)
  })
  const { text, code } = await checkInWorker({ paths, options, style: styleFor(process.stdout) })
  print(text)
  return code
}
