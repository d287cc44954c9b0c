import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { UsageError } from '../../explore/usage-error.ts'
import { MOST_TOKENS } from '../../nodes/dht/member.ts'
import type { Address, NodeId } from '../../sim/machine.ts'
import type { Schema } from '../../sim/protocol.ts'
import { parseAddress } from '../net/address-book.ts'
import { parseNodeUrl } from '../net/node-url.ts'
import { schemaWords } from '../schema-words.ts'
import type { AnySystem, DeployedSystem } from '../systems/system.ts'
import { configurationFile, type Layout } from './layout.ts'

/** Names of nodes are names of files as well. */
export const NODE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/

const address: z.ZodType<Address, string> = z.string().transform((text, context) => {
  try {
    return parseAddress(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})

const name = z.string().regex(NODE_NAME, 'a name has letters, digits, - and _, at most 63')
const servers = z.record(name, address).refine((all) => Object.keys(all).length > 0, 'there is no server')

/** A server's own file: where it listens, and where all servers are reached. */
export interface ServerConfiguration {
  readonly system: string
  readonly node: NodeId
  readonly listen: readonly Address[]
  readonly servers: Readonly<Record<NodeId, Address>>
}

/** The file of a node that comes and goes. */
export interface OpenNodeConfiguration {
  readonly system: string
  readonly node: NodeId
  readonly listen: readonly Address[]
  /** Where people and other nodes reach it. */
  readonly url: string
  readonly seeds: readonly string[]
  /** How many virtual nodes it is, once it first runs. */
  readonly tokens: number
}

/** A client's own file. */
export interface ClientConfiguration {
  readonly system: string
  readonly node: NodeId
  readonly servers: Readonly<Record<NodeId, Address>>
}

const serverSchema = z
  .strictObject({ system: z.string(), node: name, listen: z.array(address).min(1), servers })
  .refine((file) => Object.hasOwn(file.servers, file.node), {
    path: ['servers'],
    message: 'this server itself is not among them',
  })
const url = z.string().transform((text, context) => {
  try {
    return parseNodeUrl(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})
const openNodeSchema = z.strictObject({
  system: z.string(),
  node: name,
  listen: z.array(address).min(1),
  url,
  seeds: z.array(url),
  tokens: z.int().min(1).max(MOST_TOKENS),
})
const clientSchema = z.strictObject({ system: z.string(), node: name, servers })

export function readServer(layout: Layout, system: DeployedSystem, id: NodeId): ServerConfiguration {
  return ownFile(layout, system, id, serverSchema, 'server')
}

export function readOpenNode(layout: Layout, system: DeployedSystem, id: NodeId): OpenNodeConfiguration {
  return ownFile(layout, system, id, openNodeSchema, 'node')
}

export function readClient(layout: Layout, system: DeployedSystem, id: NodeId): ClientConfiguration {
  return ownFile(layout, system, id, clientSchema, 'client')
}

export function readParameters<Parameters>(
  { parametersFile }: Pick<Layout, 'parametersFile'>,
  system: DeployedSystem<Parameters>,
): Parameters {
  return readChecked(parametersFile, system.parameters, system.name)
}

/** True where set-up has been here, from its beginning to its end. */
export function isSetUp({ parametersFile }: Layout): boolean {
  return existsSync(parametersFile)
}

/** The servers whose configuration is here, in the order of their numbers. */
export function serversHere(layout: Layout, system: AnySystem): readonly NodeId[] {
  const read = system.membership === 'open' ? readOpenNode : readServer
  const names = readdirSync(layout.configuration)
    .filter((file) => file.endsWith('.json') && file !== 'params.json')
    .map((file) => file.slice(0, -'.json'.length))
  const isServer = (id: NodeId): boolean => {
    const parsed = readJson(configurationFile(layout, id))
    return typeof parsed === 'object' && parsed !== null && 'listen' in parsed
  }
  return names
    .filter(isServer)
    .sort(new Intl.Collator('en', { numeric: true }).compare)
    .map((id) => read(layout, system, id).node)
}

/** Where a server or a node of an open system listens. */
export function placesOf(layout: Layout, system: AnySystem, id: NodeId): readonly Address[] {
  return (system.membership === 'open' ? readOpenNode : readServer)(layout, system, id).listen
}

function ownFile<File extends { readonly system: string; readonly node: NodeId }>(
  layout: Layout,
  system: DeployedSystem,
  id: NodeId,
  schema: Schema<File>,
  kind: string,
): File {
  const path = NODE_NAME.test(id) ? configurationFile(layout, id) : undefined
  if (path === undefined || !existsSync(path)) {
    throw new UsageError(
      'no-such-node',
      isSetUp(layout)
        ? `There is no ${kind} ${id} in ${layout.configuration}.`
        : `${layout.directory} is not set up: run petrel setup ${system.name} --directory ${layout.directory} first.`,
    )
  }
  refuseOtherKind(path, id, kind)
  const file = readChecked(path, schema, system.name)
  if (file.system !== system.name) {
    throw new UsageError('other-system', `${path} is of the system ${file.system}, not of ${system.name}.`)
  }
  if (file.node !== id) {
    throw new UsageError('other-node', `${path} says that it is of ${file.node}: its "node" must be ${id}.`)
  }
  return file
}

/** A server's file says where it listens; a client's does not. */
function refuseOtherKind(path: string, id: NodeId, kind: string): void {
  const file = readJson(path)
  if (typeof file !== 'object' || file === null || 'listen' in file === (kind !== 'client')) return
  const has =
    kind === 'client' ? 'has a "listen", as files of servers have' : 'has no "listen", as files of clients have none'
  throw new UsageError('other-kind', `${id} is no ${kind}: ${path} ${has}.`)
}

function readChecked<Value>(path: string, schema: Schema<Value>, system: string): Value {
  if (!existsSync(path)) {
    throw new UsageError('no-configuration', `${path} is missing: petrel setup ${system} writes it.`)
  }
  const parsed = schema.safeParse(readJson(path))
  if (parsed.success) return parsed.data
  throw new UsageError('bad-configuration', `${path}: ${schemaWords(parsed.error)}. Mend it.`)
}

function readJson(path: string): unknown {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const [, position] = /position (\d+)/.exec(message) ?? []
    const line = text.slice(0, position === undefined ? text.length : Number(position)).split('\n').length
    throw new UsageError('bad-configuration', `${path}, line ${line}: it is no JSON (${message}). Mend it.`)
  }
}
