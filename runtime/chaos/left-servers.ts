import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { processIn } from '../host/data-lock.ts'

/**
 * Ends the servers that a killed `petrel chaos` left in its folder. Servers end with the command, however it ends; but
 * where all were halted just then, none was left to let another go on.
 */
export function endLeftServers(directory: string): void {
  for (const run of foldersIn(directory)) {
    for (const node of foldersIn(run)) {
      const pid = processIn(node)
      if (pid !== undefined && pid !== process.pid) process.kill(pid, 'SIGKILL')
    }
  }
}

function foldersIn(directory: string): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() ? [join(directory, entry.name)] : []))
}
