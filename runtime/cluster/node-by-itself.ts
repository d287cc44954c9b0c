import { isIP } from 'node:net'
import { join } from 'node:path'
import { UsageError } from '../../explore/usage-error.ts'
import type { Address } from '../../sim/machine.ts'
import type { HostOptions } from '../host/host-machine.ts'
import { parseAddress } from '../net/address-book.ts'
import { addressOfUrl, parseNodeUrl } from '../net/node-url.ts'
import type { AnySystem, OpenSystem } from '../systems/system.ts'
import { readParameters } from './configuration.ts'
import { defaultDirectory } from './layout.ts'
import { type OpenNode, openNodeOptions } from './open-node.ts'
import type { ServerWishes } from './server-wishes.ts'
import { DEFAULT_TOKENS } from './set-up.ts'

/** What the command line says of a node that joins a ring by itself, without any set-up. */
export interface OwnWords {
  readonly port?: number
  /** The URL at which others reach it. */
  readonly host?: string
  readonly listen?: readonly string[]
  readonly seeds?: readonly string[]
  readonly tokens?: number
  readonly replicas?: number
  /** A file of parameters, as set-up writes them. */
  readonly parameters?: string
  readonly data?: string
}

const WORDS = ['port', 'host', 'listen', 'seeds', 'tokens', 'replicas', 'parameters', 'data'] as const
const DEFAULT_PORT = 8080

/** A node that has a name has a configuration, too. */
export function refuseOwnWords(words: OwnWords): void {
  const given = WORDS.filter((word) => words[word] !== undefined)
  if (given.length === 0) return
  throw new UsageError(
    'configured-node',
    `--${given[0]} is for a node without a name: leave the name out, or leave this to its configuration.`,
  )
}

export function nodeByItself(system: AnySystem, words: OwnWords & ServerWishes): HostOptions {
  if (system.membership === 'fixed') {
    throw new UsageError(
      'no-node',
      `Name the server of ${system.name} that is to run, such as petrel node ${system.name} n1: set-up wrote its configuration.`,
    )
  }
  const url = urlOf(words)
  const port = words.port ?? addressOfUrl(url)!.port
  const node: OpenNode = {
    url,
    listen: words.listen === undefined ? [ownAddress(url, port)] : listenAt(words.listen, port),
    seeds: (words.seeds ?? []).map((seed) => checked('--seeds', seed, parseNodeUrl)),
    tokens: words.tokens ?? DEFAULT_TOKENS,
    parameters: parametersOf(system, words),
    dataDirectory: words.data ?? join(defaultDirectory(system.name), String(port)),
  }
  return openNodeOptions(system, node, words)
}

function urlOf({ host, port }: OwnWords): string {
  return host === undefined ? `http://127.0.0.1:${port ?? DEFAULT_PORT}` : checked('--host', host, parseNodeUrl)
}

/** Where its URL says that it is. */
function ownAddress(url: string, port: number): Address {
  const { host } = addressOfUrl(url)!
  return { host: host === 'localhost' ? '127.0.0.1' : host, port }
}

/** `0.0.0.0` or `0.0.0.0:8080`. */
function listenAt(places: readonly string[], port: number): readonly Address[] {
  return places.map((place) => (isIP(place) === 0 ? checked('--listen', place, parseAddress) : { host: place, port }))
}

function parametersOf(system: OpenSystem, { parameters, replicas }: OwnWords): unknown {
  if (parameters !== undefined && replicas !== undefined) {
    throw new UsageError('two-parameters', 'Leave --replicas out: the file of --parameters says it.')
  }
  if (parameters !== undefined) return readParameters({ parametersFile: parameters }, system)
  const written = { ...system.defaultParameters, ...(replicas === undefined ? {} : system.replicated(replicas)) }
  const parsed = system.parameters.safeParse(written)
  if (!parsed.success) throw new Error(parsed.error.message)
  return parsed.data
}

function checked<Value>(option: string, text: string, read: (text: string) => Value): Value {
  try {
    return read(text)
  } catch (error) {
    throw new UsageError('bad-address', `${option}: ${(error as Error).message}.`)
  }
}
