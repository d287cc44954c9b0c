import { casRegister } from './cas-register.ts'
import { counter } from './counter.ts'
import { dictionary } from './dictionary.ts'
import { kv } from './kv.ts'
import { lock } from './lock.ts'
import { queue, stack } from './queue.ts'
import { register } from './register.ts'
import { set } from './set.ts'
import type { Model } from '../model.ts'

/** The models that come with Petrel, told apart by their names. */
export const models: readonly Model[] = [register, casRegister, dictionary, kv, set, counter, queue, stack, lock]
