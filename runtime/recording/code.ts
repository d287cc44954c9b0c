import { codeHash } from '../code-hash.ts'
import { userFiles } from '../user-files.ts'

/** Names the code that decides what a recorded machine does: Petrel's, and a module with all that it imports. */
export function recordedCodeHash(codeFile: string | undefined): string {
  return codeHash(codeFile === undefined ? [] : userFiles(codeFile))
}
