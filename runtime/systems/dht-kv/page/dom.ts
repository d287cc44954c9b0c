/**
 * What the ring's page uses of a browser, and what the node answers it. The project compiles without the types of a
 * browser, so that nothing else can lean on one by mistake.
 */
export interface PageElement {
  textContent: string | null
  className: string
  hidden: boolean
  append(...children: readonly PageElement[]): void
  replaceChildren(...children: readonly PageElement[]): void
  setAttribute(name: string, value: string): void
  addEventListener(type: string, listener: () => void): void
}

export interface RingDocument {
  /** True where nobody sees the page. */
  readonly hidden: boolean
  title: string
  getElementById(id: string): PageElement | null
  createElement(tag: string): PageElement
  createElementNS(namespace: string, tag: string): PageElement
}

export interface RingWindow {
  fetch(path: string, options: object): Promise<{ readonly status: number; json(): Promise<unknown> }>
  setTimeout(work: () => void, delayMs: number): unknown
}

export type { ShownEvent, ShownItem, ShownMember } from '../../../../nodes/dht/requests.ts'
