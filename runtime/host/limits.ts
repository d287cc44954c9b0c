import type { Millis } from '../../sim/machine.ts'

/** What a hosted machine may take of this process: nobody outside can make it take more. */
export interface HostLimits {
  /** A datagram on the wire, header included; what is larger is refused, told to nobody but the log, and counted. */
  readonly datagramBytes: number
  /** One message on a stream. */
  readonly frameBytes: number
  /** Connections at a time, of peers and outsiders together; one more is closed at once. */
  readonly connections: number
  /** What a stream holds of messages said and not yet taken by the operating system; at one more it breaks. */
  readonly outboxMessages: number
  readonly outboxBytes: number
  /** Who connects must have said who it is by then. */
  readonly handshakeMs: Millis
  /** A message on a stream must have come whole by then once it began. */
  readonly frameMs: Millis
  /** An idle stream says that it lives this often; one that nothing came from for so long breaks. */
  readonly keepAliveMs: Millis
  readonly silenceMs: Millis
  /** From the first wait before connecting again to the longest, doubling; half of each is drawn. */
  readonly backoffMs: readonly [first: Millis, longest: Millis]
  /** Nodes outside the address book whose last address is remembered, so that they can be answered. */
  readonly outsiders: number
  /** Things said that wait behind a sync; beyond that datagrams are dropped and streams are not read. */
  readonly waiting: number
  /** How long a stop in good order may take before it becomes a hard one. */
  readonly stopMs: Millis
}

export const defaultLimits: HostLimits = {
  datagramBytes: 65_507,
  frameBytes: 16 * 1024 * 1024,
  connections: 1_024,
  outboxMessages: 4_096,
  outboxBytes: 64 * 1024 * 1024,
  handshakeMs: 3_000,
  frameMs: 10_000,
  keepAliveMs: 500,
  silenceMs: 2_500,
  backoffMs: [20, 1_000],
  outsiders: 4_096,
  waiting: 65_536,
  stopMs: 5_000,
}
