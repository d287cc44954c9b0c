import { fork, type ChildProcess } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

/** Round trips a second of so many clients, each with a connection and one message of so many bytes under way. */
export async function echoRate(clients: number, bytes: number, measuredMs: number): Promise<number> {
  const child = fork(fileURLToPath(new URL('./echo.js', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (said) => resolve(said as number))
      child.once('exit', () => reject(new Error('the echo ended')))
    })
    const sockets = await Promise.all(Array.from({ length: clients }, () => connected(port)))
    let trips = 0
    const message = new Uint8Array(bytes)
    for (const socket of sockets) converse(socket, message, () => trips++)
    const startedMs = performance.now()
    await new Promise((resolve) => setTimeout(resolve, measuredMs))
    const rate = trips / ((performance.now() - startedMs) / 1000)
    for (const socket of sockets) socket.destroy()
    return rate
  } finally {
    await end(child)
  }
}

function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket))
  })
}

function converse(socket: Socket, message: Uint8Array, onTrip: () => void): void {
  let received = 0
  socket.on('error', () => undefined)
  socket.on('data', (piece) => {
    received += piece.length
    if (received < message.length) return
    received = 0
    onTrip()
    socket.write(message)
  })
  socket.write(message)
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
