import type { PageEvent, PageElement } from './dom.ts'
import { rowAt } from './lanes.ts'
import type { Lanes } from './lanes.ts'

/*
 * This file runs in the browser: its class is written into the page as it is. So it uses nothing but the functions of
 * `lanes.ts`, and what it is given.
 */

/** Which part of the lanes is looked at. */
export class Viewport {
  /** In pixels. */
  readonly nameWidth = 120
  readonly scaleHeight = 28
  readonly laneHeight = 24
  readonly surface: PageElement
  lanes: Lanes
  /** The places at both edges. */
  from = 0
  to = 1
  /** In pixels. */
  scroll = 0

  constructor(surface: PageElement, lanes: Lanes) {
    this.surface = surface
    this.lanes = lanes
  }

  /** Of the part with the bars. */
  get width(): number {
    return Math.max(1, this.surface.getBoundingClientRect().width - this.nameWidth)
  }

  get height(): number {
    return Math.max(1, this.surface.getBoundingClientRect().height - this.scaleHeight)
  }

  /** Shows some rows as large as fits, or all. */
  fit(rows: readonly number[]): void {
    const { from, to, first, last, laneOf } = this.lanes
    const shown = rows.filter((row) => laneOf[row]! >= 0)
    const left = shown.length === 0 ? first : Math.min(...shown.map((row) => from[row]!))
    // One that is open has no end to be shown.
    const ends = shown.map((row) => (to[row] === Infinity ? from[row]! : to[row]!))
    const right = shown.length === 0 ? last : Math.max(...ends, left)
    const margin = Math.max((right - left) * 0.06, (last - first) * 1e-6)
    this.from = left - margin
    this.to = right + margin
    const lanes = shown.map((row) => laneOf[row]!)
    this.scroll = lanes.length === 0 ? 0 : (Math.min(...lanes) - 1) * this.laneHeight
    this.pan(0, 0)
  }

  /** Moves as far as a row needs to be in sight. */
  bring(row: number): void {
    const { from, to, last, laneOf } = this.lanes
    const [left, right] = [from[row]!, Math.min(to[row]!, last)]
    if (left < this.from || right > this.to) {
      const range = Math.max(this.to - this.from, (right - left) * 1.2)
      this.from = (left + right - range) / 2
      this.to = this.from + range
    }
    const top = laneOf[row]! * this.laneHeight
    if (top < this.scroll || top + this.laneHeight > this.scroll + this.height) this.scroll = top - this.height / 2
    this.pan(0, 0)
  }

  /** @param at what stays where it is, from 0 at the left to 1 at the right. */
  zoom(factor: number, at: number): void {
    const { first, last } = this.lanes
    const range = this.to - this.from
    const wanted = Math.min(Math.max(range * factor, (last - first) * 1e-7), (last - first) * 1.2)
    this.from += (range - wanted) * at
    this.to = this.from + wanted
    this.pan(0, 0)
  }

  /** In pixels, along the lanes and across them; never out of sight of all. */
  pan(along: number, across: number): void {
    const { first, last, lanes } = this.lanes
    const range = this.to - this.from
    const wanted = this.from + (along / this.width) * range
    this.from = Math.min(Math.max(wanted, first - range * 0.9), last - range * 0.1)
    this.to = this.from + range
    const most = Math.max(0, lanes.length * this.laneHeight - this.height)
    this.scroll = Math.max(0, Math.min(this.scroll + across, most))
  }

  /** How far from the left a pointer is: 0 at the left edge of the bars, 1 at the right. */
  shareAt({ clientX }: PageEvent): number {
    const { left } = this.surface.getBoundingClientRect()
    return Math.max(0, (clientX - left - this.nameWidth) / this.width)
  }

  /** The row below a pointer, or next to it; -1 where there is none. */
  rowUnder({ clientX, clientY }: PageEvent): number {
    const { left, top } = this.surface.getBoundingClientRect()
    const [x, y] = [clientX - left - this.nameWidth, clientY - top - this.scaleHeight]
    if (x < 0 || y < 0) return -1
    const perPixel = (this.to - this.from) / this.width
    return rowAt(this.lanes, Math.floor((y + this.scroll) / this.laneHeight), this.from + x * perPixel, 3 * perPixel)
  }
}
