/** What a system refuses without a fault of ours: a full disk, a folder of someone else, too many open files. */
const REFUSALS: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EEXIST',
  'EMFILE',
  'ENFILE',
])

/** A sentence where the system refused something; undefined where the error is of another kind. */
export function systemRefusal(error: unknown): string | undefined {
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined || !REFUSALS.has(code)) return undefined
  return `The system refuses to go on: ${message}.`
}
