import type { Page, PageElement } from '../../../reports/timeline/dom.ts'

/*
 * This file runs in the browser: its class is written into the page as it is. So it uses nothing but what is written
 * there with it, and what it is given.
 */

/** What the page uses of its window. */
export interface PageWindow {
  fetch(path: string, options: object): Promise<{ readonly status: number; json(): Promise<unknown> }>
  setTimeout(work: () => void, delayMs: number): unknown
}

interface ServerRow {
  readonly server: string
  readonly status: Readonly<Record<string, string | number | null>> | null
}

/** What the page was answered; the sentence is the server's own. */
interface ApiDocument {
  readonly outcome?: 'yes' | 'no' | 'failed' | 'unknown'
  readonly error?: string
  readonly value?: string | null
  readonly servers?: readonly ServerRow[]
}

/** The page of a dictionary: how its servers are, as it changes, and what the reader asks of it. */
export class DictionaryPage {
  readonly page: Page
  readonly window: PageWindow
  readonly path: string
  /** When the servers were last heard of, by the reader's clock. */
  heardAt = ''
  asked = 0

  constructor(page: Page, window: PageWindow, path: string) {
    this.page = page
    this.window = window
    this.path = path
    this.on('get', () => this.ask('get', 'GET', undefined))
    this.on('set', () => this.ask('set', 'PUT', { value: this.input('value') }))
    this.on('add', () => this.ask('add', 'PUT', { value: this.input('value'), expected: null }))
    this.on('cas', () => this.ask('cas', 'PUT', { value: this.input('value'), expected: this.input('expected') }))
    this.on('delete', () => this.ask('delete', 'DELETE', undefined))
    this.onEnter('key', 'get')
    this.onEnter('value', 'set')
    this.onEnter('expected', 'cas')
    void this.look()
  }

  element(id: string): PageElement {
    return this.page.getElementById(id)!
  }

  input(id: string): string {
    return this.element(id).value
  }

  on(id: string, work: () => void): void {
    this.element(id).addEventListener('click', work)
  }

  onEnter(id: string, button: string): void {
    this.element(id).addEventListener('keydown', ({ key }) => {
      if (key === 'Enter') (this.element(button) as PageElement & { click(): void }).click()
    })
  }

  make(tag: string, text: string, className = ''): PageElement {
    const element = this.page.createElement(tag)
    // Never markup: keys and values are whatever somebody wrote.
    element.textContent = text
    element.className = className
    return element
  }

  // ── How the servers are ──────────────────────────────────────────────────────────────────────────────────────

  /** Again and again, a second after the last answer. */
  async look(): Promise<void> {
    try {
      const response = await this.window.fetch('/api/status', { signal: AbortSignal.timeout(5000) })
      const { servers, error } = (await response.json()) as ApiDocument
      if (servers === undefined) throw new Error(error)
      this.show(servers)
    } catch {
      const since = this.heardAt === '' ? '' : ` What is below is from ${this.heardAt}.`
      this.tellState('unknown', `This page's own server does not answer.${since}`)
    }
    this.window.setTimeout(() => void this.look(), 1000)
  }

  show(servers: readonly ServerRow[]): void {
    this.heardAt = new Date().toLocaleTimeString()
    const leaders = servers.filter(({ status }) => status?.['role'] === 'leader')
    const leader = leaders.sort((a, b) => Number(b.status!['term']) - Number(a.status!['term']))[0]
    const heard = servers.filter(({ status }) => status !== null).length
    if (2 * heard <= servers.length)
      this.tellState('failed', `Only ${heard} of ${servers.length} servers answer: too few to serve anything.`)
    else if (leader === undefined) this.tellState('unknown', 'Nobody leads at the moment.')
    else this.tellState('yes', `${leader.server} leads in term ${leader.status!['term']}.`)
    this.element('servers').replaceChildren(
      ...servers.map(({ server, status }) => {
        const row = this.make('tr', '', status === null ? 'silent' : String(status['role']))
        const cells = ['role', 'term', 'lastIndex', 'commitIndex', 'lastApplied']
        const words = status === null ? ['does not answer', '', '', '', ''] : cells.map((name) => String(status[name]))
        row.append(this.make('th', server), ...words.map((word) => this.make('td', word)))
        return row
      }),
    )
  }

  tellState(outcome: string, sentence: string): void {
    const state = this.element('state')
    state.textContent = sentence
    state.className = outcome
  }

  // ── What is asked ────────────────────────────────────────────────────────────────────────────────────────────

  async ask(word: string, method: string, body: object | undefined): Promise<void> {
    const key = this.input('key')
    const told = body === undefined ? '' : ` ${Object.values(body).map(String).reverse().join(' ')}`
    const row = this.make('li', '')
    const answer = this.make('output', 'asked…', 'waiting')
    row.append(this.make('code', `${word} ${key}${word === 'add' ? ` ${this.input('value')}` : told}`), answer)
    ;(this.element('asked') as PageElement & { prepend(child: PageElement): void }).prepend(row)
    this.element('none').hidden = true
    const { outcome, sentence } = await this.answerTo(method, key, body)
    answer.textContent = sentence
    answer.className = outcome
    this.element('latest').textContent = sentence
  }

  async answerTo(
    method: string,
    key: string,
    body: object | undefined,
  ): Promise<{ outcome: string; sentence: string }> {
    const query = encodeURIComponent(key)
    const options = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    try {
      const response = await this.window.fetch(`${this.path}?key=${query}`, options)
      const document = (await response.json()) as ApiDocument
      return this.read(method, response.status, document)
    } catch {
      return this.withoutAnswer(method, 'no answer came')
    }
  }

  read(method: string, status: number, document: ApiDocument): { outcome: string; sentence: string } {
    const { outcome, error = '', value } = document
    if (outcome === 'yes') return { outcome, sentence: method === 'GET' ? String(value) : 'ok' }
    if (outcome !== undefined) return { outcome, sentence: error }
    // Not from the dictionary, but from who was to ask it.
    return status >= 500 ? this.withoutAnswer(method, error) : { outcome: 'failed', sentence: error }
  }

  withoutAnswer(method: string, reason: string): { outcome: string; sentence: string } {
    return method === 'GET'
      ? { outcome: 'failed', sentence: `not read: ${reason}` }
      : { outcome: 'unknown', sentence: `${reason}: it may have been done, or be done yet` }
  }
}
