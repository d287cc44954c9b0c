import type { TimelineFile } from './data.ts'
import type { Page, PageElement, PageWindow, Surface } from './dom.ts'
import { lanesOf, pointsOf } from './lanes.ts'
import type { Lanes } from './lanes.ts'
import { paint } from './painting.ts'
import type { Scene } from './painting.ts'
import { Viewport } from './viewport.ts'

/*
 * This file runs in the browser: its class is written into the page as it is. So it uses nothing but what is written
 * there with it, and what it is given.
 */

/** The page of a timeline: what is looked at, and what the reader does. */
export class TimelinePage {
  readonly page: Page
  readonly window: PageWindow
  readonly files: readonly TimelineFile[]
  readonly surface: Surface
  file: TimelineFile
  readonly viewport: Viewport
  points: Float64Array = new Float64Array()
  violation = 0
  /** Which of the orders that were tried is shown; -1 for none. */
  attempt = 0
  key = -1
  byTime = true
  selected = -1
  found: Uint8Array | undefined
  matches: readonly number[] = []
  isWaiting = false

  constructor(page: Page, window: PageWindow, files: readonly TimelineFile[]) {
    this.page = page
    this.window = window
    this.files = files
    this.surface = this.element('lanes') as Surface
    this.file = files.find(({ verdict }) => verdict === 'violated') ?? files[0]!
    this.viewport = new Viewport(this.surface, lanesOf(this.file, -1, true, []))
    this.controls()
    this.open(this.file)
  }

  get lanes(): Lanes {
    return this.viewport.lanes
  }

  /** The operations in conflict. */
  get core(): readonly number[] {
    return this.file.violations[this.violation]?.core ?? []
  }

  element(id: string): PageElement {
    return this.page.getElementById(id)!
  }

  make(tag: string, text: string, className = ''): PageElement {
    const element = this.page.createElement(tag)
    element.textContent = text
    if (className !== '') element.className = className
    return element
  }

  open(file: TimelineFile): void {
    this.file = file
    this.byTime = file.timed
    this.element('scale').textContent = this.byTime ? 'Even out time' : 'To scale'
    this.element('scale').hidden = !file.timed
    this.element('conflict').hidden = file.violations.length === 0
    const name = this.element('name')
    name.textContent = `${file.name} as ${file.model}`
    const verdict = this.element('verdict')
    verdict.textContent = { ok: 'PASS', violated: 'FAIL', unknown: 'UNKNOWN' }[file.verdict] ?? file.verdict
    verdict.className = file.verdict
    this.element('about').textContent = file.about
    this.element('body').className = file.violations.length === 0 ? 'plain' : ''
    const chooser = this.element('key')
    chooser.hidden = file.keys.length < 2
    chooser.replaceChildren(
      ...['every key', ...file.keys].map((key, index) => {
        const option = this.make('option', key)
        option.setAttribute('value', String(index - 1))
        return option
      }),
    )
    this.show(0)
  }

  /** A violation, and all that belongs to it. */
  show(violation: number): void {
    this.violation = violation
    this.attempt = 0
    const { core } = this
    const first = core[0]
    this.key = first === undefined || this.file.keys.length < 2 ? -1 : this.file.operations.key[first]!
    this.element('key').value = String(this.key)
    this.selected = -1
    this.tellViolations()
    this.layOut()
    this.look((viewport) => viewport.fit(core))
    this.tellSelected()
  }

  layOut(): void {
    this.viewport.lanes = lanesOf(this.file, this.key, this.byTime, this.core)
    this.search()
    this.markPoints()
  }

  markPoints(): void {
    const attempt = this.file.violations[this.violation]?.attempts[this.attempt]
    const orders = attempt === undefined ? this.file.orders : [attempt.order]
    this.points = pointsOf(orders, this.lanes)
    this.draw()
  }

  look(change: (viewport: Viewport) => void): void {
    change(this.viewport)
    this.draw()
  }

  lookAtConflict(): void {
    this.look((viewport) => viewport.fit(this.core))
  }

  tellViolations(): void {
    const { violations } = this.file
    this.element('violations').replaceChildren(
      ...violations.map((violation, index) => {
        const button = this.make('button', `${violation.property}: ${violation.summary}`)
        button.setAttribute('aria-pressed', String(index === this.violation))
        button.addEventListener('click', () => this.show(index))
        return button
      }),
    )
    const violation = violations[this.violation]
    this.element('core').replaceChildren(
      ...(violation?.core ?? []).map((row, index) => {
        const { process, words } = this.file.operations
        const stuck = row === violation!.stuck ? '  (no order has a place for it)' : ''
        const what = `T${index + 1}  ${this.file.processes[process[row]!]}  ${words[row]}${stuck}`
        const button = this.make('button', what, stuck === '' ? '' : 'stuck')
        button.addEventListener('click', () => this.goTo(row))
        return button
      }),
    )
    this.element('because').replaceChildren(...(violation?.because ?? []).map((text) => this.make('li', text)))
    this.element('attempts').replaceChildren(
      ...(violation?.attempts ?? []).map((attempt, index) => {
        const button = this.make('button', `${attempt.order.length} in order, then the state is ${attempt.state}`)
        button.setAttribute('aria-pressed', String(index === this.attempt))
        button.addEventListener('click', () => {
          this.attempt = this.attempt === index ? -1 : index
          this.tellViolations()
          this.markPoints()
        })
        return button
      }),
    )
    this.element('attempts-part').hidden = (violation?.attempts ?? []).length === 0
  }

  /** Selects a row, and brings it into sight. */
  goTo(row: number): void {
    if (this.lanes.laneOf[row]! < 0) return
    this.viewport.bring(row)
    this.select(row)
  }

  /** -1 for none. */
  select(row: number): void {
    this.selected = row
    this.tellSelected()
    this.draw()
  }

  tellSelected(): void {
    this.element('selected').textContent =
      this.selected === -1 ? 'Nothing is selected: click a bar, or use the arrow keys.' : this.wordsOf(this.selected)
  }

  wordsOf(row: number): string {
    const { process, key, from, to, fromEvent, toEvent, outcome, words } = this.file.operations
    const label = this.labels().get(row)
    const seconds = (ms: number | null) => (ms === null ? 'never' : `${(ms / 1000).toFixed(6)} s`)
    const parts = [
      `${label === undefined ? '' : `${label}, `}process ${this.file.processes[process[row]!]}: ${words[row]}`,
      outcome[row] === 'ok' ? 'ok' : outcome[row] === 'fail' ? 'failed' : 'nobody knows whether it took effect',
      ...(key[row] === -1 ? [] : [`key ${this.file.keys[key[row]!]}`]),
      ...(this.file.timed ? [`from ${seconds(from[row]!)} to ${seconds(to[row]!)}`] : []),
      ...(fromEvent[row] === 0 ? [] : [`lines ${fromEvent[row]} to ${toEvent[row] === 0 ? 'never' : toEvent[row]}`]),
    ]
    return parts.join(' · ')
  }

  labels(): ReadonlyMap<number, string> {
    return new Map(this.core.map((row, index) => [row, `T${index + 1}`]))
  }

  search(): void {
    const wanted = this.element('search').value.trim().toLowerCase()
    const { words, process } = this.file.operations
    this.found = wanted === '' ? undefined : new Uint8Array(words.length)
    this.matches = []
    if (this.found !== undefined) {
      const names = this.file.processes.map((name) => name.toLowerCase() === wanted)
      const fits = (text: string, row: number) => names[process[row]!]! || text.toLowerCase().includes(wanted)
      this.matches = words.flatMap((text, row) => (this.lanes.laneOf[row]! >= 0 && fits(text, row) ? [row] : []))
      for (const row of this.matches) this.found[row] = 1
    }
    this.element('matches').textContent = wanted === '' ? '' : `${this.matches.length.toLocaleString('en')} found`
    this.draw()
  }

  /** The next of those searched for, or the one before. */
  nextMatch(step: 1 | -1): void {
    const count = this.matches.length
    if (count === 0) return
    const now = this.matches.indexOf(this.selected)
    this.goTo(this.matches[now === -1 ? 0 : (now + step + count) % count]!)
  }

  controls(): void {
    const on = (id: string, act: () => void) => this.element(id).addEventListener('click', act)
    on('all', () => this.look((viewport) => viewport.fit([])))
    on('conflict', () => this.lookAtConflict())
    on('closer', () => this.look((viewport) => viewport.zoom(0.5, 0.5)))
    on('farther', () => this.look((viewport) => viewport.zoom(2, 0.5)))
    on('scale', () => {
      this.byTime = !this.byTime
      this.element('scale').textContent = this.byTime ? 'Even out time' : 'To scale'
      this.layOut()
      this.lookAtConflict()
    })
    const search = this.element('search')
    search.addEventListener('input', () => this.search())
    search.addEventListener('keydown', ({ key, shiftKey }) => key === 'Enter' && this.nextMatch(shiftKey ? -1 : 1))
    this.element('key').addEventListener('change', () => {
      this.key = Number(this.element('key').value)
      this.layOut()
      this.look((viewport) => viewport.fit([]))
    })
    const chooser = this.element('file')
    chooser.hidden = this.files.length < 2
    chooser.replaceChildren(
      ...this.files.map(({ name, verdict }, index) => {
        const option = this.make('option', `${verdict}: ${name}`)
        option.setAttribute('value', String(index))
        return option
      }),
    )
    chooser.value = String(this.files.indexOf(this.file))
    chooser.addEventListener('change', () => this.open(this.files[Number(chooser.value)]!))
    this.window.addEventListener('resize', () => this.draw())
    const dark = this.window.matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', () => this.draw())
  }

  /** Once, before the browser shows the next picture. */
  draw(): void {
    if (this.isWaiting) return
    this.isWaiting = true
    this.window.requestAnimationFrame(() => {
      this.isWaiting = false
      this.drawNow()
    })
  }

  drawNow(): void {
    const { width, height } = this.surface.getBoundingClientRect()
    const ratio = this.window.devicePixelRatio
    this.surface.width = Math.round(width * ratio)
    this.surface.height = Math.round(height * ratio)
    const pen = this.surface.getContext('2d')
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    paint(pen, this.scene(width, height))
  }

  scene(width: number, height: number): Scene {
    const style = this.window.getComputedStyle(this.page.documentElement)
    const { file, viewport, byTime, points, found, selected, violation } = this
    const { lanes, from, to, scroll, nameWidth, scaleHeight, laneHeight } = viewport
    const labels = this.labels()
    const stuck = file.violations[violation]?.stuck ?? -1
    const look = {
      labels,
      stuck,
      found,
      selected,
      points,
      colour: (name: string) => style.getPropertyValue(`--${name}`),
    }
    return { file, lanes, byTime, from, to, scroll, width, height, nameWidth, scaleHeight, laneHeight, ...look }
  }
}
