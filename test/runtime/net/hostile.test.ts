import { createSocket } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Log } from '../../../runtime/host/log.ts'
import type { HostOptions } from '../../../runtime/host/host-machine.ts'
import { FrameKind, frameOf } from '../../../runtime/net/frames.ts'
import { headerOf, seal } from '../../../runtime/net/header.ts'
import { MessageTypes } from '../../../runtime/net/message-types.ts'
import { encodePlain } from '../../../sim/encoding.ts'
import type { Address, PlainData } from '../../../sim/machine.ts'
import { heard, hosted, until, words, type Word } from '../host/support/hosted.ts'

const hash = new MessageTypes(words).hash

/** A datagram as `self` would send it, valid but for what the test makes wrong. */
function datagram(self: string, message: PlainData, protocolHash = hash): Uint8Array {
  const body = encodePlain(message)
  const header = headerOf(self, 1, protocolHash)
  const bytes = new Uint8Array(header.length + 4 + body.length)
  new DataView(bytes.buffer).setUint32(header.length, body.length)
  bytes.set(body, header.length + 4)
  seal(bytes, header)
  return bytes
}

function hello(self: string): Uint8Array {
  const header = headerOf(self, 1, hash)
  const content = new Uint8Array(header.length + 6)
  seal(content, header)
  return frameOf(FrameKind.hello, content)
}

const says = (message: Word): Uint8Array => frameOf(FrameKind.message, encodePlain(message))

/** Sends datagrams from a port of its own, a few at a time so that none is lost on the way. */
async function spray(address: Address, datagrams: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket('udp4')
  for (const [place, bytes] of datagrams.entries()) {
    await new Promise((resolve) => socket.send(bytes, address.port, address.host, resolve))
    if (place % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await new Promise<void>((resolve) => socket.close(resolve))
}

function connected({ host, port }: Address): Promise<Socket> {
  const socket = connect(port, host)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined).resume()
  return new Promise((resolve) => socket.once('connect', () => resolve(socket)))
}

function lines(): { readonly log: Log; readonly warnings: object[] } {
  const warnings: object[] = []
  return {
    warnings,
    log: { info: () => undefined, warn: (fields) => void warnings.push(fields), error: () => undefined },
  }
}

const limits: HostOptions['limits'] = { handshakeMs: 150, frameMs: 150, connections: 20, frameBytes: 10_000 }

describe('a node that is sent', () => {
  test('datagrams of every wrong kind counts each by its reason, tells the log once, and goes on', async () => {
    const { log, warnings } = lines()
    const peers = { n2: { host: '127.0.0.1', port: 9 } }
    const node = await hosted('n1', {}, { log, peers, limits })
    const good = { type: 'datagram', n: 1 }
    const wrong: readonly (readonly [string, Uint8Array])[] = [
      ['not of this wire', new Uint8Array(0)],
      ['not of this wire', new TextEncoder().encode('GET / HTTP/1.1\r\nhost: here\r\n\r\n')],
      ['another version', datagram('c1', good).fill(9, 2, 3)],
      ['another protocol', datagram('c1', good, hash ^ 1)],
      ['checksum does not fit', datagram('c1', good).fill(0, -1)],
      ['cut short', sealedAnew(datagram('c1', good).slice(0, -1))],
      ['not the sender it claims to be', datagram('n1', good)],
      ['not the sender it claims to be', datagram('n2', good)],
      ['not a valid message', datagram('c1', { type: 'datagram', n: 'one' })],
      ['not a valid message', datagram('c1', { type: 'stream', n: 1 })],
      ['not a valid message', datagram('c1', { type: 'local', n: 1 })],
      ['not a valid message', datagram('c1', { type: '__proto__' })],
      ['not a valid message', datagram('c1', [1, 2])],
    ]
    await spray(
      node.listening.datagrams[0]!,
      wrong.map(([, bytes]) => bytes),
    )
    await spray(node.listening.datagrams[0]!, [datagram('c1', good)])
    await until(() => heard(node).length > 0)
    const expected = new Map<string, number>()
    for (const [reason] of wrong) expected.set(reason, (expected.get(reason) ?? 0) + 1)
    expect(node.figures.drops).toEqual(expected)
    expect(heard(node)).toEqual(['datagram 1 from c1'])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatchObject({ reason: 'not of this wire', droppedSinceLastLine: 1 })
  })

  test('thousands of random datagrams drops them all, and remembers nothing of them', async () => {
    const node = await hosted('n1', {}, { limits: { outsiders: 8 } })
    let state = 1
    const random = (): number => (state = Math.imul(state, 1_103_515_245) + 12_345) >>> 16
    const garbage = Array.from({ length: 1_500 }, () => new Uint8Array(random() % 200).map(() => random()))
    await spray(node.listening.datagrams[0]!, garbage)
    const names = Array.from({ length: 100 }, (_, n) => datagram(`c${n}`, { type: 'datagram', n }))
    await spray(node.listening.datagrams[0]!, names)
    await until(
      () => heard(node).length === 100,
      () => [heard(node).length, node.figures],
    )
    expect([...node.figures.drops.keys()]).toEqual(['not of this wire'])
  })

  test('hellos by strangers, and frames out of place or too large, ends those connections and no other', async () => {
    const node = await hosted('n1', {}, { limits, peers: { n2: { host: '127.0.0.2', port: 9 } } })
    const address = node.listening.streams[0]!
    const friend = await connected(address)
    friend.write(hello('c1'))
    await until(() => heard(node).includes('up c1'))
    const attempts: readonly Uint8Array[] = [
      new TextEncoder().encode('SSH-2.0-OpenSSH_9.6\r\n'),
      says({ type: 'stream', n: 1 }),
      hello('n1'),
      hello('n2'),
      Buffer.concat([hello('c2'), hello('c2')]),
      Buffer.concat([hello('c3'), new Uint8Array([0, 1, 0, 0, 4])]),
    ]
    for (const bytes of attempts) {
      const socket = await connected(address)
      socket.write(bytes)
      await new Promise((resolve) => socket.once('close', resolve))
    }
    friend.write(Buffer.concat([says({ type: 'stream', n: 2 }), says({ type: 'local', n: 3 })]))
    await until(() => heard(node).includes('stream 2 from c1'))
    await until(() => node.figures.drops.get('not a valid message') === 1)
    expect(heard(node).filter((entry) => entry.includes('c1'))).toEqual(['up c1', 'stream 2 from c1'])
    expect(Object.fromEntries(node.figures.drops)).toEqual({
      'a frame too large': 2,
      'a frame out of place': 2,
      'not the sender it claims to be': 2,
      'not a valid message': 1,
    })
  })

  test('a frame byte by byte gives it up after a while, and a handshake that never comes too', async () => {
    const node = await hosted('n1', {}, { limits })
    const address = node.listening.streams[0]!
    const silent = await connected(address)
    const slow = await connected(address)
    slow.write(hello('c1'))
    await until(() => heard(node).includes('up c1'))
    const dripping = setInterval(() => slow.write(new Uint8Array([0])), 20)
    slow.write(new Uint8Array([0, 0, 39, 0]))
    await until(() => silent.closed && slow.closed)
    clearInterval(dripping)
    await until(() => heard(node).includes('down c1'))
    expect(Object.fromEntries(node.figures.drops)).toEqual({ 'no handshake in time': 1, 'too slow a sender': 1 })
  })

  test('thousands of connections keeps as many as it may, and serves those', async () => {
    const node = await hosted('n1', {}, { limits: { connections: 20, handshakeMs: 60_000, silenceMs: 60_000 } })
    const address = node.listening.streams[0]!
    const friend = await connected(address)
    friend.write(hello('c1'))
    await until(() => heard(node).includes('up c1'))
    const sockets: Socket[] = []
    for (let round = 0; round < 20; round++) {
      sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => connected(address)))))
    }
    const open = (): number => sockets.filter((socket) => !socket.closed).length
    await until(
      () => open() === 19,
      () => [open(), node.figures],
    )
    expect(node.figures.connections).toBe(20)
    expect(node.figures.drops.get('too many connections')).toBe(1_981)
    friend.write(says({ type: 'stream', n: 7 }))
    await until(() => heard(node).includes('stream 7 from c1'))
  })
})

/** The same bytes with a checksum that fits them. */
function sealedAnew(bytes: Uint8Array): Uint8Array {
  const header = bytes.slice(0, 20)
  seal(bytes, header)
  return bytes
}
