import type { Calls } from './calls.ts'
import { ModelCalls } from './model-calls.ts'
import { RegisterCalls } from './register-calls.ts'
import type { Model } from '../model.ts'

/** For the calls on one object of a model. */
export function callsOf<State, Input, Output>(model: Model<State, Input, Output>): Calls<State, Input, Output> {
  return model.register === undefined ? new ModelCalls(model) : new RegisterCalls(model, model.register)
}
