import { UsageError } from '../../explore/usage-error.ts'
import type { Address } from '../../sim/machine.ts'
import { ClientSession, type SessionOptions } from '../cluster/client-session.ts'
import { clientWeb, isLoopback } from '../cluster/client-web.ts'
import { ExitCode } from '../exit-code.ts'
import { aborted, listenForInterruption } from '../interruption.ts'
import { formatAddress, parseAddress } from '../net/address-book.ts'
import { print, warn } from '../output.ts'
import { addressTaken } from './node.ts'

/** `8080`: of the loopback interface. `0.0.0.0:8080`: where it says. */
function parseHttpAddress(text: string): Address {
  try {
    return parseAddress(/^\d+$/.test(text) ? `127.0.0.1:${text}` : text)
  } catch {
    throw new UsageError(
      'bad-address',
      `--http ${text}: give a port of this machine, such as 8080, or an address, such as 0.0.0.0:8080.`,
    )
  }
}

/** Serves the page and the requests of a system's client, until interrupted; gives the exit code. */
export async function clientPage(options: SessionOptions, place: string): Promise<number> {
  const listen = parseHttpAddress(place)
  const { client, name } = options.system
  if (client.web === undefined) throw new UsageError('no-page', `The client of ${name} has no page: leave --http out.`)
  const interruption = listenForInterruption(['SIGINT', 'SIGTERM', 'SIGHUP'])
  const edge = clientWeb(client, client.web, listen)
  const session = await open({ ...options, services: { page: edge } }, listen)
  try {
    print(`${name} is at http://${formatAddress(edge.address!)}/ until Ctrl-C.`)
    if (!isLoopback(listen)) warn('whoever reaches this address may read and write: nobody is asked who they are.')
    await Promise.race([aborted(interruption.signal), session.ended])
  } finally {
    await session.close()
  }
  return interruption.signal.aborted ? ExitCode.pass : ExitCode.internal
}

async function open(options: SessionOptions, listen: Address): Promise<ClientSession> {
  try {
    return await ClientSession.open(options)
  } catch (error) {
    throw addressTaken(error, `The page can't be at ${formatAddress(listen)}`)
  }
}
