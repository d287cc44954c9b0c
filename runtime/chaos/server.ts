import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { deserialize } from 'node:v8'
import type { NodeId } from '../../sim/machine.ts'
import type { ActiveFault } from './link-weather.ts'
import type { ServerCommand, ServerNews, ServerOrder } from './order.ts'

/** How a server's process ended. `lost`: nobody asked for it, and it said nothing. */
export type ServerEnd =
  | Extract<ServerNews, { readonly kind: 'ended' | 'refused' }>
  | { readonly kind: 'killed' }
  | { readonly kind: 'lost'; readonly reason: string }

export interface ServerListener {
  readonly up: () => void
  readonly noted: (event: string) => void
  /** It was left out for so long. */
  readonly late: (lateMs: number) => void
  readonly unrecorded: (sentence: string) => void
  readonly ended: (end: ServerEnd) => void
}

const ENTRY = fileURLToPath(new URL('server-process.js', import.meta.url))
const LAST_WORDS = 2_000
const GRACE_MS = 1_500
const STATE_WITHIN_MS = 2_000

/** If this process ends before its servers do, they end with it, those that are halted as well. */
const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

/** One start of a server, as a process of its own. */
export class Server {
  readonly ended: Promise<void>
  isUp = false
  events = 0
  private readonly child: ChildProcess
  private news: ServerEnd | undefined
  private isKilled = false
  private lastWords = ''
  private onState: (bytes: string) => void = () => undefined

  constructor(order: ServerOrder, listener: ServerListener) {
    this.child = spawn(process.execPath, [ENTRY, JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    alive.add(this.child)
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS)
    })
    this.child.on('message', (news: ServerNews) => this.hear(news, listener))
    this.ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.isUp = false
        alive.delete(this.child)
        const lost = { kind: 'lost', reason: `${reason} ${this.lastWords}`.trim() } as const
        listener.ended(this.isKilled ? { kind: 'killed' } : (this.news ?? lost))
        resolve()
      }
      this.child.once('error', (error) => end(error.message))
      this.child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`))
    })
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  tell(command: ServerCommand): void {
    if (!this.child.connected) return
    // A process that dies just then has no use for it.
    this.child.send(command, () => undefined)
  }

  become(active: readonly ActiveFault[], halted: readonly number[]): void {
    this.tell({ kind: 'weather', active, halted })
  }

  /** What its machine has come to; undefined where it does not say. */
  state(): Promise<unknown> {
    if (!this.isUp) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(undefined), STATE_WITHIN_MS)
      this.onState = (bytes) => {
        clearTimeout(late)
        resolve(deserialize(Buffer.from(bytes, 'base64')))
      }
      this.tell({ kind: 'show' })
    })
  }

  kill(): void {
    this.isKilled = true
    this.child.kill('SIGKILL')
  }

  halt(isHalted: boolean): void {
    this.child.kill(isHalted ? 'SIGSTOP' : 'SIGCONT')
  }

  /** Ends it in good order, and by force where that takes too long. */
  async stop(): Promise<void> {
    this.child.kill('SIGCONT')
    this.child.kill('SIGTERM')
    const killing = setTimeout(() => this.kill(), GRACE_MS)
    await this.ended
    clearTimeout(killing)
  }

  private hear(news: ServerNews, listener: ServerListener): void {
    switch (news.kind) {
      case 'up':
        this.isUp = true
        listener.up()
        break
      case 'note':
        listener.noted(news.event)
        break
      case 'events':
        this.events = news.count
        listener.late(news.lateMs)
        break
      case 'state':
        this.onState(news.bytes)
        break
      case 'unrecorded':
        listener.unrecorded(news.sentence)
        break
      case 'ended':
      case 'refused':
        this.news = news
        break
    }
  }
}

/** A sentence on an end that nobody asked for. */
export function inWords(id: NodeId, end: ServerEnd): string {
  return end.kind === 'killed' ? `${id} was killed` : `${id} ended: ${end.reason}`
}
