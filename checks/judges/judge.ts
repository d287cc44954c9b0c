import type { History } from '../history.ts'
import type { HistoryProperty } from '../property.ts'
import type { Verdict } from '../verdict.ts'

/** What every judge may be told. */
export interface JudgeOptions {
  /** What violations call the property; the judge's own name unless given. */
  readonly name?: string
}

/** What a judge says: a verdict, and what it counted on the way. */
export type Judgement = Verdict & { readonly figures: readonly Figure[] }

/** Something counted or measured: `{ name: 'lost', value: 2 }`. */
export interface Figure {
  readonly name: string
  readonly value: number
  /** Nothing where it is a count. */
  readonly unit?: 'ms'
}

export type JudgeFunction<Options extends JudgeOptions = JudgeOptions> = (
  history: History<any, any>,
  options?: Options,
) => Judgement

/** The judge as a property of a scenario. `prefixClosed` as in {@link HistoryProperty}. */
export function asProperty<Options extends JudgeOptions>(
  name: string,
  judge: JudgeFunction<Options>,
  options: Options,
  prefixClosed: boolean,
): HistoryProperty {
  return {
    kind: 'history',
    name: options.name ?? name,
    prefixClosed,
    clientVisible: true,
    check: (history) => judge(history, options),
  }
}
