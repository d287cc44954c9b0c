import { CONSISTENCIES } from '../consistency/registry.ts'
import { check } from '../linearizability/linearizable.ts'
import type { Model } from '../model.ts'
import { casRegister } from '../models/cas-register.ts'
import { counter } from '../models/counter.ts'
import { dictionary } from '../models/dictionary.ts'
import { foundDictionary } from '../models/found-dictionary.ts'
import { kv } from '../models/kv.ts'
import { lock } from '../models/lock.ts'
import { queue, stack } from '../models/queue.ts'
import { register } from '../models/register.ts'
import { set } from '../models/set.ts'
import { translate } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import * as dialects from './dialects.ts'
import { judgeSubjects } from './judge-subjects.ts'
import type { Subject } from './subject.ts'
import { transactionSubjects } from './transaction-subjects.ts'

/** Everything that a recording can be judged as, by name. */
export const subjects: readonly Subject[] = [
  linearizable(register, dialects.registerDialect, 'a register that is read and written'),
  linearizable(casRegister, dialects.casRegisterDialect, 'a register with compare and set'),
  linearizable(kv, dialects.kvDialect, 'a map of strings with get, put, append and delete'),
  linearizable(dictionary, dialects.dictionaryDialect, 'a map of any values with get and set'),
  linearizable(
    foundDictionary,
    dialects.foundDictionaryDialect,
    'a map whose operations all answer the value that they found',
  ),
  linearizable(set, dialects.setDialect, 'a set'),
  linearizable(queue, dialects.queueDialect, 'a queue, first in, first out'),
  linearizable(stack, dialects.stackDialect, 'a stack, last in, first out'),
  linearizable(counter, dialects.counterDialect, 'a counter'),
  linearizable(lock, dialects.lockDialect, 'a lock'),
  ...transactionSubjects,
  ...judgeSubjects,
]

function linearizable(model: Model, dialect: Dialect, about: string): Subject {
  const weaker = CONSISTENCIES.filter(({ registersOnly }) => !registersOnly || model.register !== undefined)
  return {
    name: model.name,
    about,
    operations: dialect.words.map(({ action }) => action),
    consistencies: ['linearizable', ...weaker.map(({ name }) => name)],
    read: (recording) => translate(recording, dialect),
    judge: (history, { budgetSteps, consistency }) => {
      const options = budgetSteps === undefined ? {} : { budgetSteps }
      const asked = weaker.find(({ name }) => name === consistency)
      return asked === undefined ? check(history, model, options) : asked.judge(history, model, options)
    },
    describe: model.describe,
  }
}
