import type { SweepPart } from '../../explore/sweep.ts'
import { firstDifference } from '../../explore/verify.ts'
import type { Runner, Task } from './task.ts'
import { runInFreshWorker } from './worker-pool.ts'

/** Each seed twice, the second time in a worker that has run nothing before. */
export async function verify(
  runner: Pick<Runner, 'run'>,
  configPath: string | undefined,
  task: Task<'print'>,
): Promise<SweepPart> {
  const [first, second] = [await runner.run(task), await runInFreshWorker(configPath, task)]
  const diverged: SweepPart['diverged'][number][] = []
  for (const [index, print] of first.prints.entries()) {
    const { seed } = print
    const event = firstDifference(print, second.prints[index] ?? { ...print, traceHash: '', contents: [] })
    if (event === undefined) continue
    diverged.push({ seed, event, handler: await runner.run({ ...task, kind: 'handler', input: { seed, event } }) })
  }
  return { ...first.part, diverged }
}
