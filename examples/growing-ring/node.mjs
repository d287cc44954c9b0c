import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PETREL = join(dirname(fileURLToPath(import.meta.resolve('petrel/package.json'))), 'bin', 'petrel.js')
const PATIENCE_MS = 60_000

/** One node of the ring, as a process of its own. */
export class RingNode {
  constructor(folder, port, more = []) {
    this.port = port
    this.url = `http://127.0.0.1:${port}`
    this.words = ['node', 'dht-kv', '--port', port, '--replicas', 1, '--data', join(folder, String(port)), ...more]
    this.start()
  }

  start() {
    this.log = ''
    this.process = spawn(process.execPath, [PETREL, ...this.words.map(String)], {
      // With a channel it ends when this process does, however that comes.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.process.stderr.setEncoding('utf8').on('data', (text) => (this.log += text))
    this.ended = new Promise((resolve) => this.process.once('close', (code) => resolve(code)))
  }

  /** What its log says, a sentence a line. */
  get sentences() {
    return this.log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line).msg)
  }

  kill() {
    this.process.kill('SIGKILL')
    return this.ended
  }

  /** `curl -d BODY URL`: the status, and the answer as it is. */
  async post(path, body) {
    const response = await fetch(`${this.url}${path}`, { method: 'POST', body })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }

  /** `curl URL/PATH` */
  async look(path) {
    const response = await fetch(`${this.url}${path}`)
    if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}`)
    return response.json()
  }

  put(key, value) {
    return this.post('/', JSON.stringify({ type: 'PUT', key, value }))
  }

  get(key) {
    return this.post('/', JSON.stringify({ type: 'GET', key }))
  }

  async keys() {
    const keys = []
    let after = ''
    do {
      const { items, next } = await this.look(`/items${after}`)
      keys.push(...items.map(({ key }) => key))
      after = next === null ? '' : `?after=${next}`
    } while (after !== '')
    return keys.sort()
  }
}

/** Waits until something is so. */
export async function until(what, isSo) {
  const startedMs = performance.now()
  for (;;) {
    // A node that is starting, or on its way out, answers nobody.
    if (await isSo().catch(() => false)) return
    if (performance.now() - startedMs > PATIENCE_MS) throw new Error(`it did not come about: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Ports of the loopback interface at which nobody listens now. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer())
  await Promise.all(servers.map((server) => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))))
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
