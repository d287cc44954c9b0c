import type { Drawing } from './drawing.ts'
import type { PageElement, RingDocument, RingWindow, ShownEvent, ShownItem, ShownMember } from './dom.ts'

/*
 * This class runs in the browser: it is written into the page as it is. So it uses nothing but what is written there
 * with it, and what it is given.
 */

interface Items {
  readonly items: readonly ShownItem[]
  readonly next: string | null
}

/** The page of a node: the ring as the node knows it, what it holds, and what has happened, again and again. */
export class RingPage {
  readonly page: RingDocument
  readonly window: RingWindow
  readonly drawing: Drawing
  /** Where the pages of items begin that were gone through, this one last. */
  readonly after: string[] = ['']
  next: string | null = null
  heardAt = ''
  /** What is shown, as it came: what stays the same is not drawn anew, so that nobody loses what they look at. */
  readonly shown = new Map<string, string>()

  constructor(page: RingDocument, window: RingWindow, drawing: Drawing) {
    this.page = page
    this.window = window
    this.drawing = drawing
    this.element('next').addEventListener('click', () => this.turn(() => this.after.push(this.next!)))
    this.element('first').addEventListener('click', () => this.turn(() => this.after.splice(1)))
    void this.live()
  }

  element(id: string): PageElement {
    return this.page.getElementById(id)!
  }

  make(tag: string, text: string, ...children: readonly PageElement[]): PageElement {
    const element = this.page.createElement(tag)
    // Never markup: keys, values and names are whatever somebody wrote.
    element.textContent = text
    element.append(...children)
    return element
  }

  row(...cells: readonly (string | PageElement)[]): PageElement {
    return this.make(
      'tr',
      '',
      ...cells.map((cell) => (typeof cell === 'string' ? this.make('td', cell) : this.make('td', '', cell))),
    )
  }

  turn(go: () => void): void {
    go()
    void this.look()
  }

  // ── Again and again ──────────────────────────────────────────────────────────────────────────────────────────

  async live(): Promise<void> {
    if (!this.page.hidden) await this.look()
    this.window.setTimeout(() => void this.live(), 1000)
  }

  async look(): Promise<void> {
    try {
      const from = this.after.at(-1)!
      const [ring, items, events] = await Promise.all([
        this.ask('ring'),
        this.ask(`items?limit=100&cut=120${from === '' ? '' : `&after=${from}`}`),
        this.ask('events'),
      ])
      this.heardAt = new Date().toLocaleTimeString()
      this.show((ring as { readonly members: readonly ShownMember[] }).members, items as Items, events as ShownEvent[])
    } catch {
      const since = this.heardAt === '' ? '' : ` What is below is from ${this.heardAt}.`
      this.tell('silent', `This node does not answer.${since}`)
    }
  }

  async ask(path: string): Promise<unknown> {
    const response = await this.window.fetch(`/${path}`, { signal: AbortSignal.timeout(10_000) })
    if (response.status !== 200) throw new Error(`status ${response.status}`)
    return response.json()
  }

  // ── What is shown ────────────────────────────────────────────────────────────────────────────────────────────

  show(members: readonly ShownMember[], items: Items, events: readonly ShownEvent[]): void {
    const self = members.find(({ isSelf }) => isSelf)
    const silent = members.filter(({ isSuspected }) => isSuspected).length
    const silence = silent === 0 ? '' : ` ${silent} of them ${silent === 1 ? 'is' : 'are'} silent.`
    if (self === undefined) this.tell('silent', `This node is no member of a ring now.${silence}`)
    else this.tell(silent === 0 ? 'well' : 'silent', `${self.name}, one of ${members.length} at ${self.uri}.${silence}`)
    if (self !== undefined) this.page.title = `${self.name} · ring`
    const positions = items.items.map(({ position }) => position)
    this.draw('ring', [members, positions], () => this.drawing.drawRing(this.page, members, positions))
    this.draw('members', members, () => this.memberRows(members))
    this.draw('items', items, () => items.items.map((item) => this.itemRow(item)))
    this.draw('events', events, () => [...events].reverse().map((event) => this.eventRow(event)))
    this.next = items.next
    this.element('next').hidden = items.next === null
    this.element('first').hidden = this.after.length === 1
    this.element('none').hidden = items.items.length > 0
  }

  draw(id: string, data: unknown, children: () => readonly PageElement[]): void {
    const text = JSON.stringify(data)
    if (this.shown.get(id) === text) return
    this.shown.set(id, text)
    this.element(id).replaceChildren(...children())
  }

  memberRows(members: readonly ShownMember[]): readonly PageElement[] {
    const shares = this.drawing.sharesOf(members)
    return members.map(({ name, uri, tokens, isSelf, isSuspected }, place) => {
      const dot = this.page.createElementNS('http://www.w3.org/2000/svg', 'svg')
      dot.setAttribute('viewBox', '0 0 10 10')
      const circle = this.page.createElementNS('http://www.w3.org/2000/svg', 'circle')
      for (const [attribute, value] of [
        ['cx', '5'],
        ['cy', '5'],
        ['r', '5'],
        ['fill', this.drawing.colourOf(place)],
      ] as const)
        circle.setAttribute(attribute, value)
      dot.append(circle)
      const share = `${(100 * shares[place]!).toFixed(1)} %`
      const how = isSelf ? 'this node' : isSuspected ? 'silent' : 'heard of'
      return this.row(dot, name, this.link(uri), String(tokens.length), share, how)
    })
  }

  /** To the page of another node; what is no such address stays words. */
  link(uri: string): PageElement {
    if (!uri.startsWith('http://')) return this.make('span', uri)
    const link = this.make('a', uri)
    link.setAttribute('href', `${uri}/ui`)
    return link
  }

  itemRow({ key, values, position, isStray }: ShownItem): PageElement {
    const shown = values.map((value) => this.make('div', value))
    const cells = [this.make('code', key), this.make('div', '', ...shown), this.make('code', position.slice(0, 12))]
    return this.row(...cells, isStray ? 'to be handed over' : '')
  }

  eventRow({ timestamp, type, name, uri, tokens }: ShownEvent): PageElement {
    return this.row(new Date(timestamp).toLocaleString(), type, name, uri, String(tokens.length))
  }

  tell(how: string, sentence: string): void {
    const state = this.element('state')
    if (state.textContent !== sentence) state.textContent = sentence
    state.className = how
  }
}
