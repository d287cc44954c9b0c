import type { Registry } from 'prom-client'
import type { HostedMachine, HostFigures } from './host-machine.ts'

const SYNC_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

/** A figure that only rises, and how it is read off a node: one value, or one for each label. */
interface Rising {
  readonly name: string
  readonly help: string
  readonly label?: string
  readonly read: (figures: HostFigures) => readonly (readonly [label: string, value: number])[]
}

const one = (read: (figures: HostFigures) => number): Rising['read'] => {
  return (figures) => [['', read(figures)]]
}

const RISING: readonly Rising[] = [
  { name: 'petrel_events_total', help: 'Events handled', read: one(({ events }) => events) },
  { name: 'petrel_handler_seconds_total', help: 'Time in handlers', read: one(({ handlerMs }) => handlerMs / 1000) },
  {
    name: 'petrel_dropped_total',
    help: 'Messages and connections dropped, by reason',
    label: 'reason',
    read: ({ drops }) => [...drops],
  },
  { name: 'petrel_notes_total', help: 'What the machine noted', label: 'event', read: ({ notes }) => [...notes] },
  {
    name: 'petrel_messages_sent_total',
    help: 'Messages put on the wire',
    label: 'transport',
    read: ({ datagrams, streams }) => byTransport(datagrams.sent.messages, streams.sent.messages),
  },
  {
    name: 'petrel_messages_received_total',
    help: 'Valid messages taken off the wire',
    label: 'transport',
    read: ({ datagrams, streams }) => byTransport(datagrams.received.messages, streams.received.messages),
  },
  {
    name: 'petrel_sent_bytes_total',
    help: 'Bytes put on the wire',
    label: 'transport',
    read: ({ datagrams, streams }) => byTransport(datagrams.sent.bytes, streams.sent.bytes),
  },
  {
    name: 'petrel_received_bytes_total',
    help: 'Bytes taken off the wire',
    label: 'transport',
    read: ({ datagrams, streams }) => byTransport(datagrams.received.bytes, streams.received.bytes),
  },
]

/**
 * A node's figures for Prometheus, with those of its process. They are read when someone asks; only the lengths of
 * syncs are taken down as they happen. The library is loaded here, by those who want metrics and nobody else.
 */
export async function metricsOf(node: HostedMachine): Promise<Registry> {
  const { Counter, Gauge, Histogram, Registry: NewRegistry, collectDefaultMetrics } = await import('prom-client')
  const registry = new NewRegistry()
  registry.setDefaultLabels({ node: node.self })
  collectDefaultMetrics({ register: registry })
  for (const { name, help, label, read } of RISING) {
    const counter = new Counter({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [],
      collect() {
        this.reset()
        for (const [key, value] of read(node.figures)) this.inc(label === undefined ? {} : { [label]: key }, value)
      },
    })
    registry.registerMetric(counter)
  }
  const gauge = (name: string, help: string, read: () => number): void => {
    const made: InstanceType<typeof Gauge> = new Gauge({
      name,
      help,
      registers: [],
      collect: (): void => made.set(read()),
    })
    registry.registerMetric(made)
  }
  gauge('petrel_waiting', 'Things said that wait behind a sync', () => node.figures.waiting)
  gauge('petrel_connections', 'Stream connections, those under way among them', () => node.figures.connections)
  const syncs = new Histogram({
    name: 'petrel_sync_seconds',
    help: 'How long the disk took to make what was written durable',
    buckets: SYNC_SECONDS,
    registers: [registry],
  })
  node.onSynced = (milliseconds) => syncs.observe(milliseconds / 1000)
  return registry
}

function byTransport(datagrams: number, streams: number): readonly (readonly [string, number])[] {
  return [
    ['datagram', datagrams],
    ['stream', streams],
  ]
}
