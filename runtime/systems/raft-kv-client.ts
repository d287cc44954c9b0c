import type { Tagged } from '../../sim/machine.ts'
import { dictionary, type DictionaryCommand } from '../../nodes/dictionary/dictionary.ts'
import { raftAgent } from '../../nodes/raft/agent.ts'
import type { Answered, Ask, AskedOutcome, ServerStatus } from '../../nodes/raft/asking.ts'
import { nearest } from '../suggest.ts'
import type { RaftParameters } from './raft-parameters.ts'
import { raftKvWeb } from './raft-kv-web.ts'
import type { ClientRequest, Shown, SystemClient } from './system.ts'

interface Usage {
  readonly words: string
  readonly about: string
  /** How many words follow the command. */
  readonly takes: number
  readonly request: (words: readonly string[]) => ClientRequest
}

const USAGES: Readonly<Record<string, Usage>> = {
  get: {
    words: 'get KEY',
    about: 'the value of a key',
    takes: 1,
    request: ([key = '']) => commanded({ action: 'get', key }),
  },
  set: {
    words: 'set KEY VALUE',
    about: 'write a value',
    takes: 2,
    request: ([key = '', value = '']) => commanded({ action: 'set', key, value }),
  },
  add: {
    words: 'add KEY VALUE',
    about: 'write a value where the key has none',
    takes: 2,
    request: ([key = '', value = '']) => commanded({ action: 'cas', key, expected: null, value }),
  },
  cas: {
    words: 'cas KEY OLD NEW',
    about: 'write a value where the key has the old one',
    takes: 3,
    request: ([key = '', expected = '', value = '']) => commanded({ action: 'cas', key, expected, value }),
  },
  delete: {
    words: 'delete KEY',
    about: 'forget a key',
    takes: 1,
    request: ([key = '']) => commanded({ action: 'delete', key }),
  },
  leader: { words: 'leader', about: 'who leads', takes: 0, request: () => asked(null, leader) },
  status: { words: 'status', about: 'how each server is', takes: 0, request: () => asked(null, status) },
}

/** The client of the replicated dictionary: what people type, what is asked for it, what they are shown. */
export const raftKvClient: SystemClient<RaftParameters> = {
  machine: ({ servers, parameters: { SERVER_TIMEOUT, TIME_TO_RETRY }, timeoutMs }) =>
    raftAgent({
      servers,
      stateMachine: dictionary,
      serverTimeoutMs: Math.min(SERVER_TIMEOUT, timeoutMs ?? Infinity),
      timeToRetryMs: timeoutMs ?? TIME_TO_RETRY,
    }),
  help: Object.values(USAGES).map(({ words, about }) => `${words.padEnd(16)} ${about}`),
  parse: ([command = '', ...words]) => {
    const usage = Object.hasOwn(USAGES, command) ? USAGES[command] : undefined
    if (usage === undefined) {
      const meant = nearest(command, Object.keys(USAGES))
      const hint = meant === undefined ? '' : ` Did you mean ${meant}?`
      return `There is no command "${command}".${hint} There are: ${Object.keys(USAGES).join(', ')}.`
    }
    if (words.length !== usage.takes) return `Write ${usage.words}: ${usage.about}.`
    const refusal = usage.takes === 0 ? undefined : refusalOf(usage, words)
    return refusal ?? usage.request(words)
  },
  idOf: (message) => (message.type === 'Answered' ? (message as Answered).id : undefined),
  web: raftKvWeb,
}

/** What every server would refuse need not be sent. */
function refusalOf(usage: Usage, words: readonly string[]): string | undefined {
  const ask = usage.request(words).message(0) as Ask
  const refusal = dictionary.refusal(ask.command as DictionaryCommand)
  return refusal === undefined ? undefined : `${refusal[0]!.toUpperCase()}${refusal.slice(1)}.`
}

type Read = (result: AskedOutcome) => Shown

function asked(command: DictionaryCommand | null, read: Read): ClientRequest {
  return {
    message: (id) => ({ type: 'Ask', id, command }) satisfies Ask,
    read: (answer: Tagged) => read((answer as Answered).result),
  }
}

function commanded(command: DictionaryCommand): ClientRequest {
  return asked(command, (result) => {
    if (result.outcome !== 'ok') return notDone(result)
    const found = result.answer as string | null
    switch (command.action) {
      case 'get':
        return found === null
          ? { outcome: 'no', text: 'there is nothing', document: { value: null } }
          : { outcome: 'yes', text: found, document: { value: found } }
      case 'cas':
        return command.expected === found
          ? { outcome: 'yes', text: 'ok', document: { previous: found } }
          : { outcome: 'no', text: `no: ${wordsFor(found)}`, document: { previous: found } }
      default:
        return { outcome: 'yes', text: 'ok', document: { previous: found } }
    }
  })
}

function wordsFor(found: string | null): string {
  return found === null ? 'there is nothing' : `the value is ${found}`
}

function notDone(result: AskedOutcome): Shown {
  if (result.outcome === 'failed') return { outcome: 'failed', text: `not done: ${result.reason}`, document: result }
  const reason = result.outcome === 'unknown' ? result.reason : 'another answer came'
  return { outcome: 'unknown', text: `${reason}: it may have been done, or be done yet`, document: { reason } }
}

function serversOf(result: AskedOutcome): readonly ServerStatus[] {
  return result.outcome === 'status' ? result.servers : []
}

/** Of those who say that they lead, the one of the latest term. */
function leader(result: AskedOutcome): Shown {
  const [latest] = serversOf(result)
    .filter(({ status: heard }) => heard?.role === 'leader')
    .sort((one, other) => other.status!.term - one.status!.term)
  return latest === undefined
    ? { outcome: 'no', text: 'nobody leads', document: { leader: null } }
    : {
        outcome: 'yes',
        text: `${latest.server} leads in term ${latest.status!.term}`,
        document: { leader: latest.server, term: latest.status!.term },
      }
}

function status(result: AskedOutcome): Shown {
  const servers = serversOf(result)
  const text = servers.map(({ server, status: heard }) =>
    heard === null
      ? `${server}  does not answer`
      : `${server}  ${heard.role.padEnd(13)}  term ${heard.term}  log ${heard.lastIndex}  committed ${heard.commitIndex}  applied ${heard.lastApplied}`,
  )
  const isServed = 2 * servers.filter(({ status: heard }) => heard !== null).length > servers.length
  return { outcome: isServed ? 'yes' : 'no', text: text.join('\n'), document: { servers } }
}
