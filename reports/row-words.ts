import type { Violation } from '../checks/verdict.ts'
import type { Fault } from '../sim/faults.ts'
import type { Trace, TraceEvent, TraceNote } from '../sim/trace.ts'
import { answerWords, dataWords, detailWords, inputWords } from './data.ts'
import { faultWords, kindWords } from './fault-words.ts'
import type { SliceRow } from './slice.ts'
import { count } from './words.ts'

/** What an event's words need to know beside the event: what the operations asked, and which are in conflict. */
export interface Telling {
  readonly inputs: ReadonlyMap<number, unknown>
  /** Ids of operations called T1, T2 … */
  readonly conflict: readonly number[]
}

export function tellingOf(trace: Trace, violation?: Violation): Telling {
  const invocations = trace.events.filter((event) => event.kind === 'invoke' && event.operation !== undefined)
  return {
    inputs: new Map(invocations.map((event) => [event.operation as number, event.body])),
    conflict: violation?.operations ?? [],
  }
}

/** What stands at the end of a row: `T2 get x -> 0 #412`. An operation's end says more than the reply that ended it. */
export function rowWords(row: SliceRow, telling: Telling): string {
  const telltale = row.events.filter((event) => event.operation !== undefined || event.kind === 'crash')
  const told = telltale.length === 0 ? row.events : telltale
  const others = row.events
    .filter((event) => !told.includes(event))
    .map(noteWords)
    .filter(Boolean)
  return [...told.map((event) => eventWords(event, row, telling)), ...others].join('; ')
}

/** Notes say more than the message that brought them about, so one stands first, and the number before what may be cut. */
function eventWords(event: TraceEvent, row: SliceRow, telling: Telling): string {
  const happened = happenedWords(event, telling)
  const name = `#${event.number}`
  const [first, ...others] = event.notes.map(oneNoteWords)
  if (first !== undefined) return `${[`${first} ${name}`, ...others].join('; ')} (${happened})`
  const alike = row.alike > 1 ? `1 of ${count(row.alike)}` : ''
  const asides = [alike, event.kind === 'drop' ? event.reason : undefined].filter(Boolean).join(', ')
  return `${happened} ${name}${asides === '' ? '' : ` (${asides})`}`
}

/** What a node noted while it handled the event. */
export function noteWords(event: TraceEvent): string {
  return event.notes.map(oneNoteWords).join('; ')
}

function oneNoteWords({ event, detail }: TraceNote): string {
  const words = detailWords(detail)
  return words === '' ? event : `${event} ${words}`
}

/** An event in a few words, without its number, time and notes; operations in conflict are called T1, T2 … */
export function happenedWords(event: TraceEvent, telling: Telling): string {
  const reason = event.reason === undefined ? '' : ` (${event.reason})`
  switch (event.kind) {
    case 'deliver':
      return event.label
    case 'duplicate':
      return `${event.label} doubled`
    case 'drop':
      return `${event.label} lost`
    case 'timer':
      return `timer ${event.label}`
    case 'start':
      return event.atUs === 0 ? `${event.node} starts` : `${event.node} starts again`
    case 'crash':
      return `${event.node} crashes${reason}`
    case 'exit':
      return `${event.node} exits${reason}`
    case 'peer-up':
      return `connected to ${event.peer}`
    case 'peer-down':
      return `connection to ${event.peer} broke`
    case 'synced':
      return 'writes durable'
    case 'sync-failed':
      return `sync failed${reason}`
    case 'fault':
      return shortFaultWords(event)
    case 'heal':
      return `${kindWords(event.label)} ends`
    case 'calm':
      return 'the calm begins'
    case 'invoke':
      return `${operationName(event, telling)} ${inputWords(event.body)}`
    case 'return':
      return `${operationName(event, telling)} ${endWords(event, telling)}`
  }
}

/** Groups, links and lengths of faults stand in the list of faults; beside the walls their kind is enough. */
function shortFaultWords(event: TraceEvent): string {
  const fault = event.body as Fault | undefined
  if (fault === undefined || 'groups' in fault || 'from' in fault || 'to' in fault) return kindWords(event.label)
  return faultWords(fault)
}

function operationName(event: TraceEvent, { conflict }: Telling): string {
  const index = event.operation === undefined ? -1 : conflict.indexOf(event.operation)
  return index < 0 ? `operation ${event.operation ?? '?'}` : `T${index + 1}`
}

function endWords(event: TraceEvent, { inputs }: Telling): string {
  if (event.reason === undefined || event.reason === 'ok')
    return `-> ${answerWords(event.body, inputs.get(event.operation ?? -1))}`
  return `-> ${event.reason}${event.body === undefined ? '' : ` (${dataWords(event.body)})`}`
}
