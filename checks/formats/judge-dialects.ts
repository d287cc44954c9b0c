import type { Dialect, Fields, Word } from './dialect.ts'
import { ACQUIRE, amountOf, asFound, asList, DEQUEUE, ENQUEUE, READ, RELEASE } from './dialects.ts'

/** A record, in whatever the file has it: the keys of an EDN map are keywords. */
function asRecord(value: unknown): unknown {
  if (!(value instanceof Map)) return value
  const fields = [...value].map(([name, field]) => [String(name).replace(/^:/, ''), field] as const)
  return Object.fromEntries(fields)
}

const READ_ALL: Word = { action: 'read', alias: ['r'], answer: asList }
const ADD_VALUE: Word = { action: 'add', alias: ['insert'], fields: ['value'] }

/** How the operations of files read as those of the judges, by the name of the judge. */
export const judgeDialects: ReadonlyMap<string, Dialect> = new Map<string, Dialect>([
  ['bank', { words: [{ action: 'transfer', fields: ['from', 'to', 'amount'], refine: amountOf }, READ] }],
  ['convergence', { words: [READ_ALL], keyField: 'replica', keepsOthers: true }],
  [
    'counter-bounds',
    {
      words: [
        { action: 'add', fields: ['amount'], refine: amountOf },
        { action: 'increment', alias: ['inc', 'incr'], becomes: 'add', refine: () => ({ amount: 1 }) },
        { action: 'decrement', alias: ['dec', 'decr'], becomes: 'add', refine: () => ({ amount: -1 }) },
        READ,
      ],
    },
  ],
  [
    'exactly-once',
    {
      words: [
        {
          action: 'send',
          alias: ['produce', 'publish', 'enqueue'],
          fields: ['value'],
          optional: ['id'],
          refine: recordSent,
        },
        { action: 'receive', alias: ['consume', 'deliver', 'poll', 'dequeue'], answer: asDelivery },
      ],
    },
  ],
  ['monotonic', { words: [READ] }],
  [
    'mutex',
    {
      words: [{ ...ACQUIRE, answer: asRecord }, RELEASE, { action: 'write', fields: ['token'] }],
      keyField: 'lock',
    },
  ],
  ['set-full', { words: [ADD_VALUE, READ_ALL] }],
  ['total-queue', { words: [ENQUEUE, DEQUEUE, { action: 'drain', answer: asList }] }],
  ['unique-ids', { words: [{ action: 'generate', alias: ['next', 'new-id'], answer: asFound }] }],
])

/** A value that is a record with its own value, as receives answer them, is that record. */
function recordSent(fields: Fields): Fields {
  const sent = asRecord(fields['value'])
  const isRecord = typeof sent === 'object' && sent !== null && 'value' in sent
  return isRecord ? { ...fields, ...sent } : { ...fields, value: sent }
}

function asDelivery(value: unknown): unknown {
  return Array.isArray(value) ? value.map(asRecord) : asRecord(value)
}
