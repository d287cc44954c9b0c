/**
 * What the page of a timeline uses of a browser. The project compiles without the types of a browser, so that nothing
 * else can lean on one by mistake; these few stand in for them.
 */

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Of a pointer, a wheel or a key. */
export interface PageEvent {
  readonly key: string
  readonly clientX: number
  readonly clientY: number
  readonly deltaX: number
  readonly deltaY: number
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly pointerId: number
  preventDefault(): void
}

export interface PageElement {
  textContent: string | null
  value: string
  hidden: boolean
  className: string
  tabIndex: number
  readonly style: { [property: string]: string }
  append(...children: readonly PageElement[]): void
  replaceChildren(...children: readonly PageElement[]): void
  setAttribute(name: string, value: string): void
  addEventListener(type: string, listener: (event: PageEvent) => void, options?: { readonly passive: boolean }): void
  getBoundingClientRect(): Box
  setPointerCapture(pointer: number): void
  focus(): void
}

export interface Surface extends PageElement {
  width: number
  height: number
  getContext(kind: '2d'): Pen
}

/** The part of a canvas's drawing context that is used. */
export interface Pen {
  fillStyle: string
  strokeStyle: string
  lineWidth: number
  font: string
  textBaseline: string
  textAlign: string
  globalAlpha: number
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void
  clearRect(x: number, y: number, width: number, height: number): void
  fillRect(x: number, y: number, width: number, height: number): void
  strokeRect(x: number, y: number, width: number, height: number): void
  fillText(text: string, x: number, y: number, widest?: number): void
  measureText(text: string): { readonly width: number }
  beginPath(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  arc(x: number, y: number, radius: number, from: number, to: number): void
  rect(x: number, y: number, width: number, height: number): void
  fill(): void
  stroke(): void
  clip(): void
  save(): void
  restore(): void
}

export interface Page {
  readonly documentElement: PageElement
  getElementById(id: string): PageElement | null
  createElement(tag: string): PageElement
}

export interface PageWindow {
  readonly devicePixelRatio: number
  requestAnimationFrame(work: () => void): number
  addEventListener(type: string, listener: () => void): void
  getComputedStyle(element: PageElement): { getPropertyValue(name: string): string }
  matchMedia(query: string): { addEventListener(type: string, listener: () => void): void }
}
