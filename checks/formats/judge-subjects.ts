import type { History, Operation } from '../history.ts'
import { JUDGES } from '../judges/registry.ts'
import type { ListedJudge } from '../judges/registry.ts'
import { inWords } from '../plain.ts'
import type { Verdict, Violation } from '../verdict.ts'
import { translate } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import { judgeDialects } from './judge-dialects.ts'
import type { Subject } from './subject.ts'

/** The judges that are no search for an order, as what a recording can be judged as. */
export const judgeSubjects: readonly Subject[] = JUDGES.flatMap((listed) => {
  const dialect = judgeDialects.get(listed.name)
  return dialect === undefined ? [] : [judged(listed, dialect)]
})

/** Judges that know keys by themselves. */
const WITH_KEYS: ReadonlySet<string> = new Set(['exactly-once', 'monotonic', 'mutex', 'convergence'])

function judged({ name, about, judge }: ListedJudge, dialect: Dialect): Subject {
  return {
    name,
    about,
    operations: dialect.words.map(({ action }) => action),
    consistencies: [name],
    read: (recording) => translate(recording, dialect),
    judge: (history) => (WITH_KEYS.has(name) ? judge(history) : judgeEachKey(history, name, judge)),
    describe,
  }
}

/** Objects of different keys are judged apart, and told as one. */
function judgeEachKey(history: History<any, any>, name: string, judge: ListedJudge['judge']): Verdict {
  const byKey = new Map<string | undefined, Operation<any, any>[]>()
  for (const operation of history) {
    const key: string | undefined = operation.input.key
    const others = byKey.get(key)
    if (others === undefined) byKey.set(key, [operation])
    else others.push(operation)
  }
  if (byKey.size === 1) return judge(history)
  const verdicts = [...byKey].map(([key, operations]) =>
    judge(operations, key === undefined ? {} : { name: `${name}(${key})` }),
  )
  const steps = verdicts.reduce((total, verdict) => total + verdict.steps, 0)
  const violations = verdicts.flatMap((verdict) => (verdict.verdict === 'violated' ? verdict.violations : []))
  if (violations.length > 0) return { verdict: 'violated', steps, violations: violations.sort(earlier) }
  return verdicts.find(({ verdict }) => verdict === 'unknown') ?? { verdict: 'ok', steps }
}

function earlier(left: Violation, right: Violation): number {
  return left.atMs - right.atMs
}

function describe(input: { readonly action: string; readonly [field: string]: unknown }, output: unknown): string {
  const { action, ...fields } = input
  const words = Object.values(fields).map((field) => ` ${typeof field === 'string' ? field : inWords(field)}`)
  return `${action}${words.join('')}${output === undefined || output === null ? '' : ` -> ${inWords(output)}`}`
}
