import { createInterface } from 'node:readline'
import { UsageError } from '../../explore/usage-error.ts'
import { ClientSession } from '../cluster/client-session.ts'
import { defaultDirectory, layoutOf } from '../cluster/layout.ts'
import { splitWords } from '../cluster/split-words.ts'
import { ExitCode } from '../exit-code.ts'
import { aborted, listenForInterruption } from '../interruption.ts'
import { print, printJson, warn } from '../output.ts'
import { fixedSystemOf } from '../systems/index.ts'
import type { ClientRequest, Shown, System } from '../systems/system.ts'
import { clientPage } from './client-page.ts'

export interface ClientOptions {
  readonly directory?: string
  readonly name: string
  readonly timeout?: number
  readonly json?: boolean
  /** Where to serve the page instead: a port or an address. */
  readonly http?: string
}

/** One request, for scripts; or, without words, one after the other as a person types them, or a file has them. */
export async function clientCommand(name: string, words: readonly string[], options: ClientOptions): Promise<number> {
  const system = fixedSystemOf(name, 'curl -d \'{"type":"GET","key":"bird"}\' http://127.0.0.1:7101')
  const layout = layoutOf(options.directory ?? defaultDirectory(name))
  const place = { layout, system, client: options.name, timeoutMs: options.timeout }
  if (options.http !== undefined) {
    if (words.length > 0)
      throw new UsageError('bad-request', `--http takes requests from its page: leave "${words.join(' ')}" out.`)
    return clientPage(place, options.http)
  }
  const request = words.length === 0 ? undefined : system.client.parse(words)
  if (typeof request === 'string') throw new UsageError('bad-request', request)
  if (request === undefined && options.json === true) {
    throw new UsageError('no-request', `--json wants a request, such as petrel client ${name} get KEY --json.`)
  }
  const { signal } = listenForInterruption(['SIGINT', 'SIGTERM', 'SIGHUP'])
  const session = await ClientSession.open(place)
  const work =
    request === undefined ? converse(system, session, signal) : askOnce(session, request, words, options.json === true)
  try {
    return await Promise.race([work, interrupted(session, signal)])
  } finally {
    await session.close()
  }
}

async function askOnce(
  session: ClientSession,
  request: ClientRequest,
  words: readonly string[],
  json: boolean,
): Promise<number> {
  const shown = await session.ask(request)
  show(shown, words, json)
  return exitCodeOf(shown)
}

async function interrupted(session: ClientSession, signal: AbortSignal): Promise<number> {
  await aborted(signal)
  if (session.isAsked)
    warn('interrupted before there was an answer: what was asked may have been done, or be done yet.')
  return ExitCode.interrupted
}

/** What is no answer to the question goes to standard error, so that a script reads values and nothing else. */
function show({ outcome, text, document }: Shown, words: readonly string[], json: boolean): void {
  if (json) printJson({ schema: 1, command: 'client', request: words, outcome, ...document })
  else if (outcome === 'yes' || words[0] === 'status') print(text)
  else process.stderr.write(`${text}\n`)
}

function exitCodeOf({ outcome }: Shown): number {
  const codes = { yes: ExitCode.pass, no: ExitCode.violated, unknown: ExitCode.unknown, failed: ExitCode.unavailable }
  return codes[outcome]
}

/** Until there is no more to read, or someone says quit. */
async function converse(system: System, session: ClientSession, signal: AbortSignal): Promise<number> {
  const isPerson = process.stdin.isTTY === true
  const asked: string[] = []
  const codes: number[] = []
  const lines = createInterface({
    input: process.stdin,
    signal,
    ...(isPerson ? { output: process.stdout } : {}),
    prompt: `${system.name}> `,
  })
  if (isPerson) print('help shows the commands, quit ends.')
  const prompt = (): void => {
    if (isPerson) lines.prompt()
  }
  prompt()
  for await (const line of lines) {
    const words = splitWords(line)
    if (words[0] === 'quit' || words[0] === 'exit') break
    if (words[0] === 'help') print([...system.client.help, ...OWN_HELP].join('\n'))
    else if (words[0] === 'history') print(asked.map((text, place) => `${place + 1}  ${text}`).join('\n'))
    else if (words.length > 0) {
      asked.push(line.trim())
      codes.push(await carryOut(system, session, words))
    }
    prompt()
  }
  lines.close()
  return isPerson ? ExitCode.pass : (WORST_FIRST.find((code) => codes.includes(code)) ?? ExitCode.pass)
}

/** Of several requests: what was no request, what nobody knows of, what was not done, and then an answer that is no. */
const WORST_FIRST = [ExitCode.usage, ExitCode.unknown, ExitCode.unavailable, ExitCode.violated]

const OWN_HELP = ['history          what was asked', 'help             this', 'quit             end']

async function carryOut(system: System, session: ClientSession, words: ReturnType<typeof splitWords>): Promise<number> {
  const request = typeof words === 'string' ? words : system.client.parse(words)
  if (typeof request === 'string') {
    print(request)
    return ExitCode.usage
  }
  const shown = await session.ask(request)
  print(shown.text)
  return exitCodeOf(shown)
}
