import type { PageEvent } from './dom.ts'
import { rowAt } from './lanes.ts'
import type { TimelinePage } from './page.ts'

/*
 * This file runs in the browser: its class is written into the page as it is. So it uses nothing but the functions of
 * `lanes.ts`, and what it is given.
 */

/** What a reader does with pointer, wheel and keys. */
export class Hands {
  readonly page: TimelinePage
  drag: { readonly x: number; readonly y: number; readonly moved: boolean } | undefined

  constructor(page: TimelinePage) {
    this.page = page
    const { surface } = page
    surface.addEventListener('keydown', (event) => this.keyPressed(event))
    surface.addEventListener('wheel', (event) => this.wheel(event), { passive: false })
    surface.addEventListener('pointerdown', (event) => {
      this.drag = { x: event.clientX, y: event.clientY, moved: false }
      surface.setPointerCapture(event.pointerId)
    })
    surface.addEventListener('pointermove', (event) => this.moved(event))
    surface.addEventListener('pointerup', (event) => {
      if (this.drag?.moved === false) page.select(page.viewport.rowUnder(event))
      this.drag = undefined
    })
    surface.addEventListener('pointerleave', () => {
      page.element('tip').hidden = true
    })
  }

  moved(event: PageEvent): void {
    const { drag, page } = this
    if (drag === undefined) {
      this.hover(event)
      return
    }
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y]
    if (!drag.moved && Math.abs(x) + Math.abs(y) < 4) return
    page.viewport.pan(-x, -y)
    page.draw()
    this.drag = { x: event.clientX, y: event.clientY, moved: true }
  }

  hover(event: PageEvent): void {
    const { page } = this
    const row = page.viewport.rowUnder(event)
    const tip = page.element('tip')
    tip.hidden = row === -1
    if (row === -1) return
    tip.textContent = page.wordsOf(row)
    const { left, top, width } = page.surface.getBoundingClientRect()
    tip.style['left'] = `${Math.min(event.clientX - left + 12, Math.max(0, width - 360))}px`
    tip.style['top'] = `${event.clientY - top + 16}px`
  }

  wheel(event: PageEvent): void {
    event.preventDefault()
    const { viewport } = this.page
    const { deltaX, deltaY, shiftKey } = event
    if (shiftKey) viewport.pan(0, deltaY + deltaX)
    else if (Math.abs(deltaX) > Math.abs(deltaY)) viewport.pan(deltaX, 0)
    else viewport.zoom(Math.exp(deltaY / 400), viewport.shareAt(event))
    this.page.draw()
  }

  keyPressed(event: PageEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { page } = this
    const moves: { readonly [key: string]: (() => void) | undefined } = {
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      ArrowUp: () => this.stepLane(-1),
      ArrowDown: () => this.stepLane(1),
      '+': () => page.viewport.zoom(0.5, 0.5),
      '-': () => page.viewport.zoom(2, 0.5),
      Home: () => page.viewport.fit([]),
      n: () => page.nextMatch(1),
      p: () => page.nextMatch(-1),
    }
    const move = moves[event.key]
    if (move === undefined) return
    event.preventDefault()
    move()
    page.draw()
  }

  /** To the next operation of the process, or the one before. */
  step(by: 1 | -1): void {
    const { selected, lanes } = this.page
    const lane = selected === -1 ? 0 : lanes.laneOf[selected]!
    const rows = lanes.lanes[lane]?.rows ?? []
    const next = rows[selected === -1 ? 0 : rows.indexOf(selected) + by]
    if (next !== undefined) this.page.goTo(next)
  }

  /** To the operation of another process that is nearest in time. */
  stepLane(by: 1 | -1): void {
    const { selected, lanes } = this.page
    if (selected === -1) {
      this.step(1)
      return
    }
    const lane = lanes.laneOf[selected]! + by
    const row = rowAt(lanes, lane, lanes.from[selected]!, Infinity)
    const next = row === -1 ? lanes.lanes[lane]?.rows[0] : row
    if (next !== undefined) this.page.goTo(next)
  }
}
