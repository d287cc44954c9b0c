import { counted, finding, judgementOf, listed } from './finding.ts'
import { hasAnswer } from '../history.ts'
import type { History, Operation } from '../history.ts'
import { identity } from './identity.ts'
import { asking } from './input.ts'
import { asProperty } from './judge.ts'
import type { Judgement, JudgeOptions } from './judge.ts'
import { returnTime } from '../linearizability/sentences.ts'
import { inWords } from '../plain.ts'
import type { HistoryProperty } from '../property.ts'

/** Answers the new id. */
export interface UniqueIdsInput {
  readonly action: 'generate'
}

const NAME = 'unique-ids'

/** No id is given twice. Whoever got no answer got no id. */
export function judgeUniqueIds(history: History<any, any>, { name = NAME }: JudgeOptions = {}): Judgement {
  const generated = asking<UniqueIdsInput>(history, 'generate')
  const answered = generated.filter(hasAnswer)
  const givenTo = new Map<unknown, Operation[]>()
  for (const operation of answered) {
    const id = identity(operation.output)
    const before = givenTo.get(id)
    if (before === undefined) givenTo.set(id, [operation])
    else before.push(operation)
  }
  const doubled = [...givenTo.values()].filter(({ length }) => length > 1)
  return judgementOf(name, history.length, doubled.length === 0 ? [] : [doubledIds(doubled)], [
    { name: 'attempted', value: generated.length },
    { name: 'acknowledged', value: answered.length },
    { name: 'given more than once', value: doubled.length },
  ])
}

/** The history property that no id is given twice. */
export function uniqueIds(options: JudgeOptions = {}): HistoryProperty {
  return asProperty(NAME, judgeUniqueIds, options, true)
}

function doubledIds(doubled: readonly (readonly Operation[])[]) {
  const [first, second] = doubled[0]! as [Operation, Operation]
  const id = inWords(first.output)
  return finding([first, second], (name) => ({
    shape: 'id given twice',
    summary: `${counted(doubled.length, 'id was', 'ids were')} given more than once: ${listed(
      doubled.map(([operation]) => operation!.output),
    )}`,
    because: [
      `${name(first)} was given ${id} at ${returnTime(first)}`,
      `However ${name(second)} was given ${id} too, at ${returnTime(second)}: a contradiction`,
    ],
  }))
}
