import { counted, finding } from '../judges/finding.ts'
import type { Finding } from '../judges/finding.ts'
import type { History } from '../history.ts'
import type { Model } from '../model.ts'
import { inWords, samePlain } from '../plain.ts'
import type { ReadsFrom } from './reads-from.ts'

type Register = NonNullable<Model['register']>

/** How a model's operations look at a register; these judges need to know who read from whom. */
export function registerOf(model: Model, judge: string): Register {
  if (model.register !== undefined) return model.register
  throw new TypeError(
    `${judge}: the model ${model.name} is no register. Take one with a register view, as register, cas-register or dictionary`,
  )
}

/** A value was read that nobody wrote, or nobody who succeeded; undefined where there is none. */
export function strayFinding(
  history: History<any, any>,
  model: Model,
  { strays, views }: ReadsFrom,
): Finding | undefined {
  const [stray] = strays
  if (stray === undefined) return undefined
  const { found } = views[stray.number]!
  const failed = history.find(
    ({ outcome, input }) =>
      outcome === 'fail' &&
      model.key?.(input) === model.key?.(stray.input) &&
      samePlain(model.register!(input, undefined).wrote, found),
  )
  const summary = `${counted(strays.length, 'operation')} found a value that nobody wrote`
  const words = inWords(found)
  return finding(failed === undefined ? [stray.operation] : [failed, stray.operation], (name) =>
    failed === undefined
      ? { shape: 'value nobody wrote', summary, because: [`T1 read ${words}, which nobody wrote: a contradiction`] }
      : {
          shape: 'value of a failed write',
          summary,
          because: [
            `${name(failed)} failed to write ${words}`,
            `However ${name(stray.operation)} read ${words}: a contradiction`,
          ],
        },
  )
}

/** Why a history is not judged in which values were written more than once. */
export function ambiguityIn(name: string, { ambiguous, views }: ReadsFrom): string {
  const { operation, number } = ambiguous[0]!
  const words = inWords(views[number]!.found)
  return (
    `${name}: nobody knows whose value operation ${operation.id} of ${operation.process} read, as several wrote ${words}` +
    ` or it was there at first. Let each write have a value of its own`
  )
}
