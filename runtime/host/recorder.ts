import type { HistoryRecorder, PlainData } from '../../sim/machine.ts'
import type { InputTap, Output } from './input-tap.ts'

type History = Extract<Output, { readonly kind: 'history' }>

/** For a machine that plays no client. */
export const noRecorder: HistoryRecorder = {
  begun: refused,
  invoke: refused,
  ok: refused,
  fail: refused,
  info: refused,
}

function refused(): never {
  throw new Error('this machine keeps a history: host it with one, in the option "history"')
}

/** A client's history that is told to a tap as well. */
export function tappedRecorder(recorder: HistoryRecorder, tap: InputTap): HistoryRecorder {
  const said = (step: History['step'], operation: number, detail: PlainData): void => {
    tap.said({ kind: 'history', step, operation, detail })
  }
  return {
    begun: (operation) => {
      const answer = recorder.begun(operation)
      tap.answered({ question: 'begun', answer })
      return answer
    },
    invoke: (operation, input) => {
      said('invoke', operation, input)
      recorder.invoke(operation, input)
    },
    ok: (operation, output) => {
      said('ok', operation, output)
      recorder.ok(operation, output)
    },
    fail: (operation, reason) => {
      said('fail', operation, reason)
      recorder.fail(operation, reason)
    },
    info: (operation, reason) => {
      said('info', operation, reason)
      recorder.info(operation, reason)
    },
  }
}
